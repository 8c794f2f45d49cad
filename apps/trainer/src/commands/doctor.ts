import { buildObstacles, findEngine, testEngine } from '@segsde/tensorflow-engine';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { UserError } from '../run/user-error.ts';
import { version } from '../run/version.ts';
import { explainConvolution } from './explain-convolution.ts';
import { onnxRuntimeVersion } from './onnx-runtime-version.ts';
import { showTable } from './show-table.ts';
import { lacksCard, tryInChild } from './try-in-child.ts';
import { tryTraining } from './try-training.ts';

interface Finding {
  engine: string;
  /** In words: usable, what is wrong with it, or what it takes to get it. */
  state: string;
  broken: boolean;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function examineOnnx(): Promise<Finding> {
  const name = `ONNX Runtime ${onnxRuntimeVersion()}`;
  try {
    await tryTraining('onnx');
    const { threads, block } = await explainConvolution();
    const layout = block > 0 ? `convolutions in blocks of ${block} channels` : 'standard operators only';
    const state = `usable, ${name} on the CPU, ${threads} thread${threads === 1 ? '' : 's'}, ${layout}`;
    return { engine: 'onnx', state, broken: false };
  } catch (error) {
    return { engine: 'onnx', state: `broken, ${name}: ${messageOf(error)}`, broken: true };
  }
}

async function examineWebgpu(): Promise<Finding> {
  const engine = 'onnx-webgpu';
  try {
    const { milliseconds } = await tryInChild(engine);
    return {
      engine,
      state: `usable on a graphics card, a small step takes ${milliseconds.toFixed(1)} ms`,
      broken: false,
    };
  } catch (error) {
    if (lacksCard(error)) return { engine, state: 'no graphics card found', broken: false };
    return { engine, state: `broken: ${messageOf(error)}`, broken: true };
  }
}

async function examineTensorflow(): Promise<Finding> {
  try {
    const installed = findEngine();
    if (installed) {
      const { library, gpu } = await testEngine(installed);
      const where = gpu ? 'a CUDA card' : installed.gpu ? 'the CPU: it finds no CUDA card' : 'the CPU';
      return { engine: 'tensorflow', state: `usable, TensorFlow ${library} on ${where}`, broken: false };
    }
  } catch (error) {
    return { engine: 'tensorflow', state: `broken: ${messageOf(error)}`, broken: true };
  }
  const obstacles = await buildObstacles();
  const how =
    obstacles.length === 0
      ? 'segsde engine install tensorflow (compiler, Python with pip, npm and disk are there)'
      : `to build it here there is ${obstacles.join('; ')}`;
  return { engine: 'tensorflow', state: `not installed: ${how}`, broken: false };
}

/**
 * `segsde doctor`: the machine, and which engines are there and work.
 *
 * @throws UserError (after everything is printed) if an engine is there and does not work
 */
export async function doctor(): Promise<void> {
  const cores = availableParallelism();
  const machine = [
    ['segsde', version],
    ['Node', `${process.versions.node}, ${process.platform} ${process.arch}`],
    ['processor', `${cpus()[0]?.model ?? 'unknown'}, ${cores} cores`],
    ['memory', `${(totalmem() / 2 ** 30).toFixed(1)} GB`],
  ];
  const engines = [await examineOnnx(), await examineWebgpu(), await examineTensorflow()];
  console.log(showTable([...machine, ...engines.map(({ engine, state }) => [engine, state])]));
  const broken = engines.filter((finding) => finding.broken).map(({ engine }) => engine);
  if (broken.length > 0) throw new UserError(`broken: ${broken.join(', ')}; see above`);
}
