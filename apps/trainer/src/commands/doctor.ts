import { installObstacles, type NativeEngine, nativeEngines } from '@segsde/native-engines';
import { totalmem } from 'node:os';
import { engineChoice, rememberChoice } from '../engines/choice.ts';
import { describeEngine, explainConvolution } from '../engines/describe.ts';
import { compareEngines, complainOfBroken, type Finding } from '../engines/probe.ts';
import { processor } from '../run/processor.ts';
import { version } from '../run/version.ts';
import { table } from '../report/table.ts';

async function howOnnxConvolves(): Promise<string> {
  const { threads, block } = await explainConvolution();
  const layout = block > 0 ? `convolutions in blocks of ${block} channels` : 'standard operators only';
  return `, ${threads} thread${threads === 1 ? '' : 's'}, ${layout}`;
}

/** What installing it takes of the machine, in words. */
const NEEDS: Record<NativeEngine, string> = {
  tensorflow: 'compiler, Python with pip, npm and disk',
  'onnx-cuda': "NVIDIA's card and driver, Python with pip and disk",
};

async function howToInstall(name: NativeEngine): Promise<string> {
  const obstacles = await installObstacles(name);
  return obstacles.length === 0
    ? `segsde engine install ${name} (${NEEDS[name]} are there)`
    : `against installing it here: ${obstacles.join('; ')}`;
}

/** In words: usable, what is wrong with it, or what it takes to get it. */
async function stateOf(finding: Finding): Promise<string> {
  const { engine } = finding;
  if ('broken' in finding) return `broken: ${finding.broken}`;
  if ('absent' in finding) {
    const name = nativeEngines.find((name) => name === engine);
    return name ? `${finding.absent}: ${await howToInstall(name)}` : finding.absent;
  }
  const detail = engine === 'onnx' ? await howOnnxConvolves() : '';
  return `usable, ${await describeEngine(engine)}${detail}; a small training step takes ${finding.milliseconds.toFixed(1)} ms`;
}

/**
 * `segsde doctor`: the machine, which engines are there and work, and how fast they are. What
 * `engine: auto` stands for follows from it.
 *
 * @throws UserError (after everything is printed) if an engine is there and does not work
 */
export async function doctor(): Promise<void> {
  const machine = [
    ['segsde', version],
    ['Node', `${process.versions.node}, ${process.platform} ${process.arch}`],
    ['processor', processor()],
    ['memory', `${(totalmem() / 2 ** 30).toFixed(1)} GB`],
  ];
  const findings = await compareEngines((engine) => console.error(`trying ${engine}`));
  const choice = engineChoice(findings);
  await rememberChoice(choice);
  const engines: string[][] = [];
  for (const finding of findings) engines.push([finding.engine, await stateOf(finding)]);
  console.log(table([...machine, ...engines, ['auto', `${choice.engine}, ${choice.reason}`]]));
  complainOfBroken(findings);
}
