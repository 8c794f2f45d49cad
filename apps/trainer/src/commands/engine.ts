import {
  findEngine,
  folderSize,
  installEngine,
  type InstallProgress,
  removeEngine,
  testEngine,
} from '@segsde/tensorflow-engine';
import { createProgress, type Progress } from '../progress/progress.ts';
import { onnxRuntimeVersion } from './onnx-runtime-version.ts';
import { showTable } from './show-table.ts';
import { stopOnCtrlC } from './stop-on-ctrl-c.ts';
import { lacksCard, tryInChild } from './try-in-child.ts';
import { tryTraining } from './try-training.ts';

const megabytes = (bytes: number) => Math.round(bytes / 1e6);
const deviceOf = (gpu: boolean) => (gpu ? 'CUDA' : 'CPU');

const fall = (first: number, last: number) => `loss ${first.toPrecision(3)} to ${last.toPrecision(3)}`;

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

/** `segsde engine install tensorflow` */
export async function install({ gpu }: { gpu?: boolean }): Promise<void> {
  const { show, done } = showInstallation(process.stderr);
  try {
    const { engine, test } = await installEngine({ gpu, signal: stopOnCtrlC(), onProgress: show });
    const what = `TensorFlow ${engine.library} for ${deviceOf(engine.gpu)}`;
    console.log(`${what} ${test ? 'is installed' : 'was installed before, nothing to do'}: ${engine.folder}`);
    if (test && engine.gpu && !test.gpu) console.log('It finds no CUDA card here, so it computes on the CPU.');
  } finally {
    done();
  }
}

/** `segsde engine list` */
export async function list(): Promise<void> {
  const tensorflow = findEngine();
  const rows = [
    ['onnx', onnxRuntimeVersion(), 'CPU', '', 'comes with npm'],
    ['onnx-webgpu', onnxRuntimeVersion(), 'any graphics card', '', 'comes with npm'],
    tensorflow
      ? [
          ...['tensorflow', tensorflow.library, deviceOf(tensorflow.gpu)],
          ...[`${megabytes(await folderSize(tensorflow.folder))} MB`, tensorflow.folder],
        ]
      : ['tensorflow', '-', '', '', 'not installed: segsde engine install tensorflow'],
  ];
  console.log(showTable([['engine', 'version', 'for', 'size', 'where'], ...rows]));
}

/** `segsde engine test` @throws where an engine does not work */
export async function test(): Promise<void> {
  const onnx = await tryTraining('onnx');
  console.log(`onnx: works. ONNX Runtime ${onnxRuntimeVersion()} on the CPU, ${fall(onnx.first, onnx.last)}`);
  try {
    const webgpu = await tryInChild('onnx-webgpu');
    console.log(
      `onnx-webgpu: works. ONNX Runtime ${onnxRuntimeVersion()} on a graphics card, ${fall(webgpu.first, webgpu.last)}`,
    );
  } catch (error) {
    if (!lacksCard(error)) throw error;
    console.log('onnx-webgpu: no graphics card found');
  }
  const engine = findEngine();
  if (!engine) {
    console.log('tensorflow: not installed');
    return;
  }
  const { library, gpu, losses } = await testEngine(engine);
  console.log(`tensorflow: works. TensorFlow ${library} on ${gpu ? 'a CUDA card' : 'the CPU'}, ${fall(...losses)}`);
}

/** `segsde engine remove tensorflow` */
export async function remove(): Promise<void> {
  const folder = await removeEngine();
  console.log(folder ? `removed ${folder}` : 'tensorflow is not installed, nothing to do');
}
