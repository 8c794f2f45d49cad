// Trains a 3x3 convolution for 20 steps on a CUDA card through ONNX Runtime, in a process of its own, because a broken library ends the process that
// loads it:
//
//   node cuda-training-step.mjs <ONNX Runtime's library> <libraries to be loaded before it...>
//
// Prints one line of JSON: { library, gpu, losses: [first, last] }. Ends with an error where the first loss is not what plain JavaScript
// computes, or where the loss does not fall.
import { createRequire } from 'node:module';
import { loadLibraries } from '../dist/load-libraries.js';

const [library, ...before] = process.argv.slice(2);
loadLibraries([...before, library]);
const require = createRequire(import.meta.url);
const { InferenceSession, Tensor } = require('onnxruntime-node');
const { version } = require('onnxruntime-node/package.json');

const SIDE = 8;
const PIXELS = SIDE * SIDE;
const STEPS = 20;
const LEARNING_RATE = 0.3;
/** An ONNX model of one node: y = Conv(x, w) with a border of 1. */
const MODEL =
  'CAg6SAoiCgF4CgF3EgF5IgRDb252KhEKBHBhZHNAAUABQAFAAaABBxIBY1oJCgF4EgQKAggBWgkKAXcSBAoCCAFiCQoBeRIECgIIAUIECgAQEQ==';

const waves = (length, pace) => Float32Array.from({ length }, (_, i) => Math.sin(pace * (i + 1)));
const image = waves(PIXELS, 0.7);
let filter = waves(9, 1.3);

/** Mean square of the convolution's outputs: the loss before the first step, since the target is zero. */
function expectedLoss() {
  let sum = 0;
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      let output = 0;
      for (let tap = 0; tap < 9; tap++) {
        const [y, x] = [row + Math.floor(tap / 3) - 1, column + (tap % 3) - 1];
        if (y >= 0 && x >= 0 && y < SIDE && x < SIDE) output += image[y * SIDE + x] * filter[tap];
      }
      sum += output * output;
    }
  }
  return sum / PIXELS;
}
const expected = expectedLoss();

const session = await InferenceSession.create(Buffer.from(MODEL, 'base64'), {
  executionProviders: ['cuda'],
  logSeverityLevel: 4,
});
const square = (data) => new Tensor('float32', data, [1, 1, Math.sqrt(data.length), Math.sqrt(data.length)]);
const convolve = async (x, w) => (await session.run({ x: square(x), w: square(w) })).y.data;

const losses = [];
for (let step = 0; step < STEPS; step++) {
  const output = await convolve(image, filter);
  losses.push(output.reduce((sum, value) => sum + value * value, 0) / PIXELS);
  const gradient = await convolve(
    image,
    output.map((value) => (2 * value) / PIXELS),
  );
  filter = filter.map((value, tap) => value - LEARNING_RATE * gradient[tap]);
}

const [first, last] = [losses[0], losses[STEPS - 1]];
// TF32 keeps 10 bits of a product's factors.
if (!(Math.abs(first - expected) <= 2e-3 * expected)) {
  throw new Error(`a convolution gives a wrong value: the loss is ${first}, it should be ${expected}`);
}
if (!(last < first / 2)) {
  throw new Error(`training does not learn: the loss goes from ${first} to ${last} in ${STEPS} steps`);
}
console.log(JSON.stringify({ library: version, gpu: true, losses: [first, last] }));
