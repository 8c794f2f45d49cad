// Trains a 3x3 convolution for 20 steps on a CUDA card through ONNX Runtime, in a process of its
// own, because a broken library ends the process that loads it:
//
//   node cuda-training-step.mjs <ONNX Runtime's library> <libraries to be loaded before it...>
//
// Prints one line of JSON: { library, gpu, losses: [first, last] }. Ends with an error where the
// first loss is not what plain JavaScript computes, or where the loss does not fall.
import { createRequire } from 'node:module';
import { loadLibraries } from '../dist/load-libraries.js';
import { SIDE, smallConvolution } from './small-convolution.mjs';

const [library, ...before] = process.argv.slice(2);
loadLibraries([...before, library]);
const require = createRequire(import.meta.url);
const { InferenceSession, Tensor } = require('onnxruntime-node');
const { version } = require('onnxruntime-node/package.json');

const PIXELS = SIDE * SIDE;
const STEPS = 20;
const LEARNING_RATE = 0.3;
/** An ONNX model of one node: y = Conv(x, w) with a border of 1. */
const MODEL =
  'CAg6SAoiCgF4CgF3EgF5IgRDb252KhEKBHBhZHNAAUABQAFAAaABBxIBY1oJCgF4EgQKAggBWgkKAXcSBAoCCAFiCQoBeRIECgIIAUIECgAQEQ==';

const { image, filter: beginning, judge } = smallConvolution(1);

const session = await InferenceSession.create(Buffer.from(MODEL, 'base64'), {
  executionProviders: ['cuda'],
  logSeverityLevel: 4,
});
const square = (data) => new Tensor('float32', data, [1, 1, Math.sqrt(data.length), Math.sqrt(data.length)]);
const convolve = async (x, w) => (await session.run({ x: square(x), w: square(w) })).y.data;

const losses = [];
let filter = beginning;
for (let step = 0; step < STEPS; step++) {
  const output = await convolve(image, filter);
  losses.push(output.reduce((sum, value) => sum + value * value, 0) / PIXELS);
  const gradient = await convolve(
    image,
    output.map((value) => (2 * value) / PIXELS),
  );
  filter = filter.map((value, tap) => value - LEARNING_RATE * gradient[tap]);
}

console.log(JSON.stringify({ library: version, gpu: true, losses: judge(losses) }));
