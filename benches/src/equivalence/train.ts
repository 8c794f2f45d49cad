// Our side of training-equivalence: node train.js ENGINE FILE trains as the file says and prints
// what came of it.
import '@tensorflow/tfjs-backend-cpu';
import { argMax, cast, dispose, enableProdMode, fill, scalar, tensor, zeros } from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor3D, Tensor4D, TensorContainer } from '@tensorflow/tfjs-core';
import { depthMixMask } from '@segsde/augmentation';
import { jit, type Engine } from '@segsde/jit';
import { crossEntropy, pseudoLabelLoss } from '@segsde/losses';
import { accumulate, confusionMatrix } from '@segsde/metrics';
import { loadStateDict, readSafetensors } from '@segsde/models';
import { sgd } from '@segsde/optim';
import { segsdeStep, type SegsdeBatch } from '@segsde/trainer/steps';
import { segmentationParts } from '../segsde/segmentation-parts.ts';
import { ITERATIONS, NETWORK, THRESHOLD } from './equivalence-run.ts';
import type { Trained } from './trained.ts';

const [engine, path] = process.argv.slice(2) as [Engine, string];
enableProdMode();
const { tensors } = await readSafetensors(path);
const entry = (name: string) => tensors.get(name)!;

/** Row `index` of a tensor as it lies in the file. */
function row(name: string, index: number): { shape: number[]; data: Float32Array } {
  const { shape, data } = entry(name);
  const [, ...rest] = shape;
  const size = rest.reduce((a, b) => a * b, 1);
  return { shape: rest, data: Float32Array.from(data.subarray(index * size, (index + 1) * size) as Float32Array) };
}
function drawn<T extends Tensor>(name: string, index: number): T {
  const { shape, data } = row(name, index);
  return tensor(data, shape) as T;
}
function rows<T extends Tensor>(
  name: string,
  indices: Float32Array,
  { scale = 1, dtype = 'float32' as const } = {},
): T {
  const all = Array.from(indices, (index) => row(name, index));
  const { shape } = all[0];
  const values = Float32Array.from(all.flatMap(({ data }) => Array.from(data, (value) => value * scale)));
  return tensor(values, [all.length, ...shape], dtype) as T;
}
const images = (indices: Float32Array) => rows<Tensor4D>('image', indices, { scale: 1 / 255 });

const [student, teacher] = [segmentationParts(NETWORK), segmentationParts(NETWORK)];
for (const [name, { encoder, decoder }] of Object.entries({ student, teacher })) {
  loadStateDict(encoder, tensors, { prefix: `${name}.encoder.` });
  loadStateDict(decoder, tensors, { prefix: `${name}.decoder.` });
}
const optimizer = sgd([{ name: 'all', variables: student.variables }], { momentum: 0.9, weightDecay: 5e-4 });
const step = segsdeStep(
  { student, teacher, optimizer },
  {
    ...{ loss: crossEntropy, clipNorm: null, engine },
    consistencyLoss: (logits, probabilities) => pseudoLabelLoss(logits, probabilities, { threshold: THRESHOLD }),
    mixingMask: ({ disparity }) => depthMixMask(disparity),
  },
);
const [site] = student.decoder.dropoutSites.map(({ name }) => name);

function batchAt(iteration: number): SegsdeBatch {
  const { shape, data } = row('noise', iteration);
  const [, ...each] = shape;
  const noise = (part: number) => {
    const size = data.length / 3;
    return { [site]: tensor(data.slice(part * size, (part + 1) * size), each) };
  };
  const { data: labelled } = row('labelled', iteration);
  const { data: unlabelled } = row('unlabelled', iteration);
  const label = rows<Tensor3D>('label', labelled);
  const { shape: labelShape } = label;
  return {
    labelled: { image: images(labelled), label: cast(label, 'int32'), dropoutNoise: noise(0) },
    unlabelled: {
      image: images(unlabelled),
      disparity: rows<Tensor4D>('disparity', unlabelled),
      label: fill(labelShape, 255, 'int32') as Tensor3D,
      labelKnown: zeros<Rank.R4>([labelShape[0], 1, 1, 1]),
      mixing: {},
      strong: { color: drawn('color', iteration), blur: drawn('blur', iteration) },
      teacherDropoutNoise: noise(1),
      studentDropoutNoise: noise(2),
    },
    learningRates: { all: drawn('learningRate', iteration) },
    consistencyWeight: scalar(1),
    emaDecay: drawn('emaDecay', iteration),
  };
}

const trained: Trained = { supervised: [], consistency: [], confusion: [] };
for (let iteration = 0; iteration < ITERATIONS; iteration++) {
  const batch = batchAt(iteration);
  const losses = await step(batch);
  trained.supervised.push(losses.supervised.dataSync()[0]);
  trained.consistency.push(losses.consistency.dataSync()[0]);
  dispose([batch, losses] as unknown as TensorContainer);
}

const predict = jit((image: Tensor4D) => argMax<Tensor3D>(student.segment(image, { training: false }), -1), { engine });
const matrix = confusionMatrix(NETWORK.classes);
for (const scene of entry('validation').data as Int32Array) {
  const labels = await predict(images(Float32Array.of(scene)));
  accumulate(matrix, Uint8Array.from(row('label', scene).data), Uint8Array.from(labels.dataSync()));
}
trained.confusion = Array.from(matrix.counts);
console.log(JSON.stringify(trained));
