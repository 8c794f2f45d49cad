import { engines } from '@segsde/jit';
import {
  cardProblem,
  findEngine,
  folderSize,
  installEngine,
  type InstallProgress,
  type NativeEngine,
  removeEngine,
} from '@segsde/native-engines';
import { describeEngine } from '../engines/describe.ts';
import { compareEngines, complainOfBroken, TRIED } from '../engines/probe.ts';
import { createProgress, type Progress } from '../progress/progress.ts';
import { table } from '../report/table.ts';
import { stopOnCtrlC } from './stop-on-ctrl-c.ts';

/** Of CUDA 12. */
const TENSORFLOW_DRIVER = 525;

const megabytes = (bytes: number) => Math.round(bytes / 1e6);
const deviceOf = (gpu: boolean) => (gpu ? 'CUDA' : 'CPU');

/** Steps as lines, each download as a bar or, without a terminal, as a line every few seconds. */
function showInstallation(output: NodeJS.WriteStream): { show(progress: InstallProgress): void; done(): void } {
  let download: { fileName: string; progress: Progress } | undefined;
  const done = () => {
    download?.progress.done();
    download = undefined;
  };
  const show = (event: InstallProgress) => {
    if (event.kind === 'step') {
      done();
      output.write(`  ${event.text}\n`);
      return;
    }
    const { fileName, received, total = received } = event;
    if (download?.fileName !== fileName) {
      done();
      const title = fileName.split('-')[0];
      const start = megabytes(received);
      download = { fileName, progress: createProgress(output, title, megabytes(total), { start, unit: 'MB' }) };
    }
    download.progress.update(megabytes(received));
  };
  return { show, done };
}

/** `segsde engine install NAME` */
export async function install(name: NativeEngine, { gpu }: { gpu?: boolean }): Promise<void> {
  const { show, done } = showInstallation(process.stderr);
  try {
    const { engine, test } = await installEngine(name, { gpu, signal: stopOnCtrlC(), onProgress: show });
    const what = `${engines[name].library} ${engine.library} for ${deviceOf(engine.gpu)}`;
    console.log(`${what} ${test ? 'is installed' : 'was installed before, nothing to do'}: ${engine.folder}`);
    if (test && engine.gpu && !test.gpu) {
      const problem = await cardProblem({ driver: TENSORFLOW_DRIVER });
      console.log(`It finds no CUDA card here, so it computes on the CPU${problem ? `: ${problem}` : ''}.`);
    }
  } finally {
    done();
  }
}

/** `segsde engine list` */
export async function list(): Promise<void> {
  const installed = async (name: NativeEngine) => {
    const engine = findEngine(name);
    if (!engine) return [name, '-', '', '', `not installed: segsde engine install ${name}`];
    const size = `${megabytes(await folderSize(engine.folder))} MB`;
    return [name, engine.library, deviceOf(engine.gpu), size, engine.folder];
  };
  const rows = await Promise.all(
    TRIED.map(async (name) => {
      const { installable, version, device } = engines[name];
      if (installable) return installed(installable);
      return [name, version() ?? '', device() === 'gpu' ? 'any graphics card' : 'CPU', '', 'comes with npm'];
    }),
  );
  console.log(table([['engine', 'version', 'for', 'size', 'where'], ...rows]));
}

/** `segsde engine test` @throws UserError (after all have been tried) where one does not work */
export async function test(): Promise<void> {
  const findings = await compareEngines((engine) => console.error(`trying ${engine}`));
  for (const finding of findings) {
    if ('broken' in finding) console.log(`${finding.engine}: broken: ${finding.broken}`);
    else if ('absent' in finding) console.log(`${finding.engine}: ${finding.absent}`);
    else {
      const { engine, first, last } = finding;
      const fall = `loss ${first.toPrecision(3)} to ${last.toPrecision(3)}`;
      console.log(`${engine}: works. ${await describeEngine(engine)}, ${fall}`);
    }
  }
  complainOfBroken(findings);
}

/** `segsde engine remove NAME` */
export async function remove(name: NativeEngine): Promise<void> {
  const folder = await removeEngine(name);
  console.log(folder ? `removed ${folder}` : `${name} is not installed, nothing to do`);
}
