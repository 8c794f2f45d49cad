// A small transformer learns to write like a licence, letter by letter: language, no images, and
// nothing but TensorFlow.js's own operations.
//
//     node packages/jit/examples/licence-writer.mjs [steps]
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients
import { jit } from '@segsde/jit';
import { useFastestBackend } from './use-fastest-backend.mjs';

const [STEPS = 600] = process.argv.slice(2).map(Number);
const [BATCH, CONTEXT, WIDTH, HEADS, LAYERS] = [16, 64, 96, 4, 2];

const text = (await readFile(new URL('../LICENSE', import.meta.url), 'utf8')).replace(/\s+/g, ' ');
const letters = [...new Set(text)].sort();
const codes = Int32Array.from(text, (letter) => letters.indexOf(letter));

// A generator with a seed: the run can be repeated.
let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

await tf.ready();
const matrix = (rows, columns) =>
  tf.variable(tf.randomNormal([rows, columns], 0, 1 / Math.sqrt(rows), 'float32', ++state));
const vector = (value) => tf.variable(tf.fill([WIDTH], value));
const embedding = matrix(letters.length, WIDTH);
const positions = matrix(CONTEXT, WIDTH);
const blocks = Array.from({ length: LAYERS }, () => ({
  attention: {
    scale: vector(1),
    query: matrix(WIDTH, WIDTH),
    key: matrix(WIDTH, WIDTH),
    value: matrix(WIDTH, WIDTH),
    out: matrix(WIDTH, WIDTH),
  },
  thought: { scale: vector(1), up: matrix(WIDTH, 4 * WIDTH), down: matrix(4 * WIDTH, WIDTH) },
}));
const [lastScale, head] = [vector(1), matrix(WIDTH, letters.length)];
// No letter may look at those that come after it.
const future = tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([CONTEXT, CONTEXT]), -1, 0)), -1e9);

const normalize = (x, scale) => tf.mul(tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), 1e-5))), scale);
const times = (x, weight) =>
  tf.reshape(tf.matMul(tf.reshape(x, [-1, weight.shape[0]]), weight), [...x.shape.slice(0, -1), weight.shape[1]]);

function attend(x, { scale, query, key, value, out }) {
  const normal = normalize(x, scale);
  const split = (y) => tf.transpose(tf.reshape(y, [x.shape[0], CONTEXT, HEADS, WIDTH / HEADS]), [0, 2, 1, 3]);
  const [q, k, v] = [query, key, value].map((weight) => split(times(normal, weight)));
  const likeness = tf.mul(tf.matMul(q, k, false, true), Math.sqrt(HEADS / WIDTH));
  const looks = tf.softmax(tf.add(likeness, future));
  const seen = tf.reshape(tf.transpose(tf.matMul(looks, v), [0, 2, 1, 3]), x.shape);
  return tf.add(x, times(seen, out));
}

const think = (x, { scale, up, down }) => tf.add(x, times(tf.relu(times(normalize(x, scale), up)), down));

/**
 * Letters `[batch, context]` to the scores of the letter that follows each, `[batch, context,
 * letters]`.
 */
function predict(read) {
  const start = tf.add(times(tf.oneHot(read, letters.length), embedding), positions);
  const end = blocks.reduce((x, { attention, thought }) => think(attend(x, attention), thought), start);
  return times(normalize(end, lastScale), head);
}

const optimizer = tf.train.adam(0.002);
const train = ({ read, next }) =>
  optimizer.minimize(() => tf.losses.softmaxCrossEntropy(tf.oneHot(next, letters.length), predict(read)), true);

const compiled = jit(train);

function drawBatch() {
  const starts = Array.from({ length: BATCH }, () => Math.floor(random() * (codes.length - CONTEXT - 1)));
  const rows = (offset) =>
    tf.tensor2d(
      Int32Array.from(starts.flatMap((start) => [...codes.slice(start + offset, start + offset + CONTEXT)])),
      [BATCH, CONTEXT],
      'int32',
    );
  return { read: rows(0), next: rows(1) };
}
async function timeStep(step) {
  const batch = drawBatch();
  const begin = performance.now();
  const loss = await step(batch);
  const [value] = await loss.data();
  const time = performance.now() - begin;
  tf.dispose([loss, batch]);
  return { value, time };
}
const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const backend = await useFastestBackend(() => train(drawBatch()).dispose());
const eagerSteps = [];
for (let step = 0; step < 3; step++) eagerSteps.push((await timeStep(train)).time);
console.log(`eager on ${backend}: ${median(eagerSteps).toFixed(1)} ms a step`);

const steps = [];
for (let step = 0; step < STEPS; step++) {
  const { value, time } = await timeStep(compiled);
  steps.push(time);
  if (step % 100 === 0 || step === STEPS - 1) console.log(`step ${step}: loss ${value.toFixed(3)}`);
}
console.log(
  `compiled: ${median(steps.slice(1)).toFixed(1)} ms; the first step, which compiles it, ${steps[0].toFixed(0)} ms`,
);

const scores = jit(({ read }) => predict(read));
let written = text.slice(0, CONTEXT);
for (let i = 0; i < 120; i++) {
  const read = tf.tensor2d(
    Int32Array.from(written.slice(-CONTEXT), (letter) => letters.indexOf(letter)),
    [1, CONTEXT],
    'int32',
  );
  const result = await scores({ read });
  const last = (await result.data()).slice(-letters.length);
  const shares = last.map((score) => Math.exp((score - Math.max(...last)) / 0.6));
  let left = random() * shares.reduce((a, b) => a + b);
  written +=
    letters[
      Math.max(
        0,
        shares.findIndex((share) => (left -= share) < 0),
      )
    ];
  tf.dispose([read, result]);
}
console.log(`it writes: ${written.slice(CONTEXT)}`);
