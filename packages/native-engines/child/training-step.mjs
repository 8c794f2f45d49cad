// Trains a 3x3 convolution for 20 steps through a native binding of @tensorflow/tfjs-node, in a process of its own, because a broken library
// ends the process that loads it:
//
//   node training-step.mjs <binding>
//
// Prints one line of JSON: { library, gpu, losses: [first, last] }. Ends with an error where the first loss is not what plain JavaScript
// computes, or where the loss does not fall. Not compiled: it runs the same from sources and from the published package.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
process.env.TF_ENABLE_ONEDNN_OPTS = '1';

const binding = createRequire(import.meta.url)(resolve(process.argv[2]));

const SIZE = 8;
const CHANNELS = 4;
const OUTPUTS = SIZE * SIZE * CHANNELS;
const STEPS = 20;
const LEARNING_RATE = 0.3;

const waves = (length, pace) => Float32Array.from({ length }, (_, i) => Math.sin(pace * (i + 1)));
const image = waves(OUTPUTS, 0.7);
const filter = waves(9 * CHANNELS * CHANNELS, 1.3).map((value) => value / 4);

/** Mean square of the convolution's outputs: the loss before the first step, since the target is zero. */
function expectedLoss() {
  let sum = 0;
  for (let row = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++) {
      for (let to = 0; to < CHANNELS; to++) {
        let output = 0;
        for (let tap = 0; tap < 9; tap++) {
          const [y, x] = [row + Math.floor(tap / 3) - 1, column + (tap % 3) - 1];
          if (y < 0 || x < 0 || y >= SIZE || x >= SIZE) continue;
          for (let from = 0; from < CHANNELS; from++) {
            output += image[(y * SIZE + x) * CHANNELS + from] * filter[(tap * CHANNELS + from) * CHANNELS + to];
          }
        }
        sum += output * output;
      }
    }
  }
  return sum / OUTPUTS;
}

const { TF_FLOAT, TF_INT32, TF_ATTR_TYPE, TF_ATTR_INT, TF_ATTR_STRING, TF_ATTR_BOOL } = binding;
const attribute = (name, type, value) => ({ name, type, value });
const float = attribute('T', TF_ATTR_TYPE, TF_FLOAT);
const run = (name, attributes, inputs) => binding.executeOp(name, attributes, inputs, 1)[0].id;
const scalar = (value) => binding.createTensor([], TF_FLOAT, Float32Array.of(value));

const convolution = [
  float,
  attribute('strides', TF_ATTR_INT, [1, 1, 1, 1]),
  attribute('dilations', TF_ATTR_INT, [1, 1, 1, 1]),
  attribute('padding', TF_ATTR_STRING, 'SAME'),
  attribute('data_format', TF_ATTR_STRING, 'NHWC'),
  attribute('use_cudnn_on_gpu', TF_ATTR_BOOL, true),
];
const input = binding.createTensor([1, SIZE, SIZE, CHANNELS], TF_FLOAT, image);
const filterShape = [3, 3, CHANNELS, CHANNELS];
const shape = binding.createTensor([4], TF_INT32, Int32Array.from(filterShape));
const axes = binding.createTensor([4], TF_INT32, Int32Array.of(0, 1, 2, 3));
const slope = scalar(2 / OUTPUTS);
const pace = scalar(LEARNING_RATE);

let weights = binding.createTensor(filterShape, TF_FLOAT, filter);
const losses = [];
for (let step = 0; step < STEPS; step++) {
  const output = run('Conv2D', convolution, [input, weights]);
  const mean = [attribute('keep_dims', TF_ATTR_BOOL, false), float, attribute('Tidx', TF_ATTR_TYPE, TF_INT32)];
  losses.push(binding.tensorDataSync(run('Mean', mean, [run('Square', [float], [output]), axes]))[0]);
  const outputGradient = run('Mul', [float], [output, slope]);
  const gradient = run('Conv2DBackpropFilter', convolution, [input, shape, outputGradient]);
  weights = run('Sub', [float], [weights, run('Mul', [float], [gradient, pace])]);
}

const [first, last] = [losses[0], losses[STEPS - 1]];
const expected = expectedLoss();
// TF32 on a CUDA card keeps 10 bits of a product's factors.
if (!(Math.abs(first - expected) <= 2e-3 * expected)) {
  throw new Error(`a convolution gives a wrong value: the loss is ${first}, it should be ${expected}`);
}
if (!(last < first / 2)) {
  throw new Error(`training does not learn: the loss goes from ${first} to ${last} in ${STEPS} steps`);
}
console.log(JSON.stringify({ library: binding.TF_Version, gpu: binding.isUsingGpuDevice(), losses: [first, last] }));
