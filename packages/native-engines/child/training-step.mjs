// Trains a 3x3 convolution for 20 steps through a native binding of @tensorflow/tfjs-node, in a
// process of its own, because a broken library ends the process that loads it:
//
//   node training-step.mjs <binding>
//
// Prints one line of JSON: { library, gpu, losses: [first, last] }. Ends with an error where the
// first loss is not what plain JavaScript computes, or where the loss does not fall. Not compiled:
// it runs the same from sources and from the published package.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { SIDE, smallConvolution } from './small-convolution.mjs';

process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
process.env.TF_ENABLE_ONEDNN_OPTS = '1';

const binding = createRequire(import.meta.url)(resolve(process.argv[2]));

const CHANNELS = 4;
const OUTPUTS = SIDE * SIDE * CHANNELS;
const STEPS = 20;
const LEARNING_RATE = 0.3;
const { image, filter, judge } = smallConvolution(CHANNELS);

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
const input = binding.createTensor([1, SIDE, SIDE, CHANNELS], TF_FLOAT, image);
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

console.log(JSON.stringify({ library: binding.TF_Version, gpu: binding.isUsingGpuDevice(), losses: judge(losses) }));
