import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  abs,
  add,
  argMax,
  concat,
  fill,
  matMul,
  max,
  mean,
  memory,
  mul,
  ones,
  randomNormal,
  reshape,
  reverse,
  scalar,
  slice,
  softmax,
  sub,
  sum,
  tensor2d,
  tensor3d,
  tensor4d,
  unstack,
  type Rank,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { depthMixMask, drawColorJitter, drawStrongAugmentation } from '@segsde/augmentation';
import { byteTensor } from '@segsde/jit';
import { crossEntropy, monodepthLossFused, pseudoLabelLoss } from '@segsde/losses';
import { adam, globalNorm, lossScaling, sgd, valueAndGradients, type Optimizer } from '@segsde/optim';
import { depthStep } from './depth-step.ts';
import { disparityRegressionStep } from './disparity-regression-step.ts';
import { mixUnlabelled } from './mix-unlabelled.ts';
import type { MixingInputs } from './mixing-mask.ts';
import { neighbourPoses } from './neighbour-poses.ts';
import { segsdeStep, type SegsdeBatch, type SegsdeStepOptions } from './segsde-step.ts';
import { supervisedStep } from './supervised-step.ts';
import { photometricStep } from './photometric-step.ts';
import { bytesToUnitRange } from './bytes-to-unit-range.ts';
import {
  stripeLabels,
  stripes,
  tinyDisparityNetwork,
  tinyPoseNetwork,
  tinySegmentationNetwork,
} from './tiny-networks.test.kit.ts';

type Losses = Record<string, Scalar>;

/** The loss terms of `steps` calls, first to last. */
async function repeat(steps: number, step: () => Promise<Losses>): Promise<Record<string, number>[]> {
  const history: Record<string, number>[] = [];
  for (let i = 0; i < steps; i++) {
    const losses = Object.entries(await step());
    const values = await Promise.all(losses.map(async ([term, loss]) => [term, (await loss.data())[0]] as const));
    losses.forEach(([, loss]) => loss.dispose());
    history.push(Object.fromEntries(values));
  }
  return history;
}

const rates = (rate: number, ...groups: string[]) => Object.fromEntries(groups.map((group) => [group, scalar(rate)]));
const always = () => 0.5;

const labelled = () => ({ image: stripes(), label: stripeLabels(), dropoutNoise: {} });

test('images come as bytes or in 0..1', async () => {
  const bytes = Uint8Array.from(stripes().dataSync(), (value) => Math.round(value * 255));
  const image = byteTensor(bytes, stripes().shape) as ReturnType<typeof stripes>;
  const losses: number[] = [];
  for (const given of [image, bytesToUnitRange(image)]) {
    const student = tinySegmentationNetwork();
    const optimizer = sgd([{ name: 'all', variables: student.variables }]);
    const step = supervisedStep({ student, optimizer }, { loss: crossEntropy, clipNorm: null, engine: 'onnx' });
    const batch = { labelled: { ...labelled(), image: given }, learningRates: rates(0.1, 'all') };
    losses.push(...(await repeat(2, () => step(batch))).map(({ total }) => total));
  }
  expect(bytesToUnitRange(image).dataSync()[0]).toBe(Math.fround(bytes[0] / 255));
  expect(losses.slice(2)).toEqual(losses.slice(0, 2).map((loss) => expect.closeTo(loss, 5)));
});

test('supervised: the loss falls on a batch that is repeated, eagerly as compiled; no tensors are left behind', async () => {
  const run = async (engine: 'onnx' | 'eager', steps: number) => {
    const student = tinySegmentationNetwork();
    const optimizer = adam([{ name: 'all', variables: student.variables }]);
    const step = supervisedStep({ student, optimizer }, { loss: crossEntropy, clipNorm: 10, engine });
    const batch = { labelled: labelled(), learningRates: rates(0.01, 'all') };
    const history = await repeat(steps - 1, () => step(batch));
    const before = memory().numTensors;
    history.push(...(await repeat(1, () => step(batch))));
    expect(memory().numTensors).toBe(before);
    return history;
  };
  const compiled = await run('onnx', 10);
  expect(compiled[9].supervised).toBeLessThan(0.7 * compiled[0].supervised);
  const eager = await run('eager', 2);
  expect(eager[0].supervised).toBeCloseTo(compiled[0].supervised, 4);
  expect(eager[1].supervised).toBeCloseTo(compiled[1].supervised, 2);
});

test('supervised: a scaled loss takes the same course, its bound on gradients included', async () => {
  const run = async (scaled: (optimizer: Optimizer, variables: Variable[]) => Optimizer) => {
    const student = tinySegmentationNetwork();
    const plain = sgd([{ name: 'all', variables: student.variables }], { momentum: 0.9 });
    const optimizer = scaled(plain, student.variables);
    const step = supervisedStep({ student, optimizer }, { loss: crossEntropy, clipNorm: 1, engine: 'onnx' });
    return repeat(5, () => step({ labelled: labelled(), learningRates: rates(0.05, 'all') }));
  };
  const plain = await run((optimizer) => optimizer);
  const scaled = await run((optimizer, variables) => lossScaling(optimizer, { variables, initialScale: 1024 }));
  expect(plain[4].supervised).toBeLessThan(0.98 * plain[0].supervised);
  plain.forEach(({ supervised }, i) => expect(scaled[i].supervised).toBeCloseTo(supervised, 4));
});

test('depth: the loss falls, and warping explains more and more of the neighbours', async () => {
  const networks = { depth: tinyDisparityNetwork(), motion: tinyPoseNetwork() };
  const neighbours = [-1, 1];
  const focal = 40;
  const cameras = {
    intrinsics: tensor3d([focal, 0, 31.5, 0, focal, 31.5, 0, 0, 1, focal, 0, 31.5, 0, focal, 31.5, 0, 0, 1], [2, 3, 3]),
    inverseIntrinsics: tensor3d(
      [1, 2].flatMap(() => [1 / focal, 0, -31.5 / focal, 0, 1 / focal, -31.5 / focal, 0, 0, 1]),
      [2, 3, 3],
    ),
  };
  const frames = { target: stripes(), sources: [stripes({ shift: 2 }), stripes({ shift: -2 })] };
  const ratio = photometricStep(networks, { neighbours, minDepth: 0.1, maxDepth: 100, engine: 'onnx' });
  const measure = async () => {
    const { warped, unwarped } = await ratio({ frames, ...cameras });
    return (await warped.data())[0] / (await unwarped.data())[0];
  };
  const before = await measure();

  const optimizer = adam([
    { name: 'depth', variables: networks.depth.variables },
    { name: 'pose', variables: networks.motion.variables },
  ]);
  const step = depthStep(
    { ...networks, optimizer },
    { neighbours, loss: (inputs) => monodepthLossFused(inputs), clipNorm: null, engine: 'onnx' },
  );
  const history = await repeat(25, () =>
    step({
      ...{ frames, ...cameras },
      jitter: tensor3d(drawColorJitter(always, { batch: 2, probability: 0 }), [2, 7, 3]),
      targetPyramid: { 0: frames.target, 1: stripes({ height: 32, width: 32 }) },
      tieBreakNoise: randomNormal([2, 1, 1, 64, 64], 0, 1, 'float32', 1),
      dropoutNoise: {},
      learningRates: rates(0.002, 'depth', 'pose'),
    }),
  );
  expect(history[24].photometric).toBeLessThan(0.9 * history[0].photometric);
  expect(await measure()).toBeLessThan(before);
});

test('supervised: gradients are bounded, and the optimiser moves the weights against them', async () => {
  const student = tinySegmentationNetwork();
  const { variables } = student;
  const before = variables.map((variable) => variable.clone());
  const { grads } = valueAndGradients(variables, () => ({
    supervised: crossEntropy(student.segment(stripes(), { training: true, dropoutNoise: {} }), stripeLabels()),
  }));
  const norm = globalNorm(grads).dataSync()[0];
  const bound = norm / 2;
  const optimizer = sgd([{ name: 'all', variables }]);
  const step = supervisedStep({ student, optimizer }, { loss: crossEntropy, clipNorm: bound, engine: 'onnx' });
  await step({ labelled: labelled(), learningRates: rates(0.1, 'all') });
  const largest = variables.map((variable, i) => {
    const expected = grads[variable.name] ? sub(before[i], mul(grads[variable.name], 0.05)) : before[i];
    return max(abs(sub(variable, expected))).dataSync()[0];
  });
  expect(Math.max(...largest)).toBeLessThan(1e-5);
  expect(norm).toBeGreaterThan(0.01);
});

type Images = ReturnType<typeof stripes>;
const fullOf = (shape: [number, number, number, number], value: number): Images => fill(shape, value);

/** Two labelled and two unlabelled images, which the strong augmentation leaves as they are. */
function segsdeBatch({ labelKnown = [0, 0], emaDecay = 0.5, weight = 1 } = {}): SegsdeBatch {
  const { color, blur } = drawStrongAugmentation(always, {
    ...{ batch: 2, height: 64, width: 64 },
    ...{ jitterProbability: 0, blurProbability: 0 },
  });
  return {
    labelled: labelled(),
    unlabelled: {
      image: stripes({ shift: 5 }),
      disparity: fullOf([2, 64, 64, 1], 0.5),
      label: stripeLabels(),
      labelKnown: tensor4d(labelKnown, [2, 1, 1, 1]),
      mixing: {},
      strong: { color: tensor3d(color, [2, 7, 3]), blur: tensor2d(blur, [2, 9]) },
      teacherDropoutNoise: {},
      studentDropoutNoise: {},
    },
    consistencyWeight: scalar(weight),
    emaDecay: scalar(emaDecay),
    learningRates: rates(0.01, 'all'),
  };
}

const segsdeOptions: SegsdeStepOptions = {
  ...{ loss: crossEntropy, clipNorm: null, engine: 'onnx' },
  consistencyLoss: (logits, probabilities) => pseudoLabelLoss(logits, probabilities, { threshold: 0.3 }),
  mixingMask: ({ disparity }) => depthMixMask(disparity),
};

/** The largest difference between `a` and `share · b + (1 − share) · c`, over all of them. */
const farFrom = (a: Tensor[], { b, c, share }: { b: Tensor[]; c: Tensor[]; share: number }) =>
  Math.max(...a.map((x, i) => max(abs(sub(x, add(mul(b[i], share), mul(c[i], 1 - share))))).dataSync()[0]));

const copies = (variables: readonly Variable[]) => variables.map((variable) => variable.clone());

test('segsde: the supervised loss falls, and the teacher follows', async () => {
  const student = tinySegmentationNetwork();
  const teacher = tinySegmentationNetwork();
  const optimizer = adam([{ name: 'all', variables: student.variables }]);
  const step = segsdeStep({ student, teacher, optimizer }, segsdeOptions);
  const before = copies(teacher.variables);
  const history = await repeat(1, () => step(segsdeBatch({ emaDecay: 0.8 })));
  expect(farFrom(teacher.variables, { b: before, c: student.variables, share: 0.8 })).toBeLessThan(1e-6);
  expect(farFrom(teacher.variables, { b: before, c: before, share: 1 })).toBeGreaterThan(1e-4);
  history.push(...(await repeat(9, () => step(segsdeBatch()))));
  expect(history[0].consistency).toBeGreaterThan(0);
  expect(history[9].supervised).toBeLessThan(0.7 * history[0].supervised);
  for (const { supervised, consistency, total } of history) expect(total).toBeCloseTo(supervised + consistency, 5);
});

test('segsde: the weight multiplies the consistency loss; without it only labels teach', async () => {
  const movedBy = async (weight: number | null) => {
    const student = tinySegmentationNetwork();
    const optimizer = sgd([{ name: 'all', variables: student.variables }]);
    const networks = { student, teacher: tinySegmentationNetwork({ seed: 2 }), optimizer };
    const losses =
      weight === null
        ? await supervisedStep(networks, segsdeOptions)(segsdeBatch())
        : await segsdeStep(networks, segsdeOptions)(segsdeBatch({ weight }));
    return { student, losses: losses as Losses };
  };
  const [labelsOnly, none, single, double] = [
    await movedBy(null),
    await movedBy(0),
    await movedBy(1),
    await movedBy(2),
  ];
  const consistency = ({ losses }: { losses: Losses }) => losses.consistency.dataSync()[0];
  expect(consistency(none)).toBe(0);
  expect(consistency(double)).toBeCloseTo(2 * consistency(single), 5);
  const distance = (a: typeof single, b: typeof single) =>
    farFrom(a.student.variables, { b: b.student.variables, c: b.student.variables, share: 1 });
  expect(distance(none, labelsOnly)).toBeLessThan(1e-6);
  expect(distance(single, labelsOnly)).toBeGreaterThan(1e-5);
});

test('segsde: where a label is ignored, the mixing rule gets 255 and nothing is learnt', () => {
  const teacher = tinySegmentationNetwork();
  const { unlabelled } = segsdeBatch({ labelKnown: [1, 0] });
  const label = stripeLabels().dataSync().slice();
  for (let pixel = 0; pixel < 100; pixel++) label[pixel] = 255;
  const given = { ...unlabelled, label: tensor3d(label, [2, 64, 64], 'int32') };
  let seen: MixingInputs | undefined;
  const { probabilities, pseudoLabels } = mixUnlabelled(teacher, given, {
    mixingMask(inputs) {
      seen = inputs;
      return ones<Rank.R4>([2, 64, 64, 1]);
    },
  });
  const labels = seen!.labels.dataSync();
  expect(Array.from(labels.slice(0, 4096))).toEqual(Array.from(label.slice(0, 4096)));
  const [, second] = unstack(argMax(probabilities, -1));
  expect(Array.from(labels.slice(4096))).toEqual(Array.from(second.dataSync()));
  const known = sum(pseudoLabels, -1).dataSync();
  expect(Array.from(known.slice(0, 100))).toEqual(new Array(100).fill(0));
  known.slice(100).forEach((share) => expect(share).toBeCloseTo(1, 5));
});

test('segsde: images and pseudo labels are mixed by one mask, with the next of the batch', () => {
  const { unlabelled } = segsdeBatch();
  const left = tensor4d(
    Array.from({ length: 2 * 64 * 64 }, (_, at) => Number(at % 64 < 20)),
    [2, 64, 64, 1],
  );
  const { image, mask, probabilities, pseudoLabels } = mixUnlabelled(tinySegmentationNetwork(), unlabelled, {
    mixingMask: () => left,
  });
  expect(mask).toBe(left);
  for (const [mixed, original] of [
    [image, unlabelled.image],
    [pseudoLabels, probabilities],
  ]) {
    const keep = slice(mixed, [0, 0, 0, 0], [2, 64, 20, 3]);
    const swapped = slice(mixed, [0, 0, 20, 0], [2, 64, 44, 3]);
    expect(max(abs(sub(keep, slice(original, 0, [2, 64, 20, 3])))).dataSync()[0]).toBeLessThan(1e-6);
    const other = reverse(slice(original, [0, 0, 20, 0], [2, 64, 44, 3]), 0);
    expect(max(abs(sub(swapped, other))).dataSync()[0]).toBeLessThan(1e-6);
  }
});

test('segsde: a teacher by running statistics says what it says in evaluation, and its statistics follow', async () => {
  const student = tinySegmentationNetwork();
  const teacher = tinySegmentationNetwork({ seed: 2 });
  const { unlabelled } = segsdeBatch();
  const { mixingMask } = segsdeOptions;
  const inEvaluation = softmax(teacher.segment(unlabelled.image, { training: false }));
  const before = copies(teacher.buffers);
  const far = (probabilities: Tensor) => max(abs(sub(probabilities, inEvaluation))).dataSync()[0];
  const { probabilities } = mixUnlabelled(teacher, unlabelled, { mixingMask, teacherBatchNorm: 'running' });
  expect(far(probabilities)).toBe(0);
  expect(farFrom(teacher.buffers, { b: before, c: before, share: 1 })).toBe(0);

  const optimizer = sgd([{ name: 'all', variables: student.variables }]);
  for (const engine of ['eager', 'onnx'] as const) {
    const start = copies(teacher.buffers);
    const step = segsdeStep({ student, teacher, optimizer }, { ...segsdeOptions, teacherBatchNorm: 'running', engine });
    await step(segsdeBatch({ emaDecay: 0.25 }));
    expect(farFrom(teacher.buffers, { b: start, c: student.buffers, share: 0.25 })).toBeLessThan(1e-6);
    expect(farFrom(teacher.buffers, { b: start, c: start, share: 1 })).toBeGreaterThan(1e-3);
  }

  // As in training its own images move its statistics, whatever the student's are.
  const own = copies(teacher.buffers);
  expect(far(mixUnlabelled(teacher, unlabelled, { mixingMask }).probabilities)).toBeGreaterThan(1e-3);
  expect(farFrom(teacher.buffers, { b: own, c: own, share: 1 })).toBeGreaterThan(1e-3);
});

test('segsde: running statistics can follow only where they are known', () => {
  const { buffers: _, ...student } = tinySegmentationNetwork();
  const networks = { student, teacher: tinySegmentationNetwork(), optimizer: sgd([]) };
  expect(() => segsdeStep(networks, { ...segsdeOptions, teacherBatchNorm: 'running' })).toThrow(
    /both networks.*buffers/,
  );
});

test('neighbours: pairs are shown in temporal order, and motion back is the inverse of motion forth', () => {
  const seen: number[][] = [];
  const brightness = (images: Images) => Array.from(mean(images, [1, 2, 3]).dataSync(), Math.round);
  const poses = neighbourPoses(
    {
      motion(earlier, later) {
        seen.push(brightness(earlier), brightness(later));
        return {
          axisAngle: tensor2d(new Array(6).fill(0.1), [2, 3]),
          translation: tensor2d([1, 2, 3, 1, 2, 3], [2, 3]),
        };
      },
      variables: [],
    },
    { target: fullOf([1, 2, 2, 3], 5), sources: [fullOf([1, 2, 2, 3], 4), fullOf([1, 2, 2, 3], 7)] },
    { neighbours: [-1, 2], mode: { training: false } },
  );
  expect(seen).toEqual([
    [4, 5],
    [5, 7],
  ]);
  const [back, forth] = poses.map((pose) => reshape(pose, [4, 4]));
  const product = Array.from(matMul(back, forth).dataSync());
  product.forEach((value, at) => expect(value).toBeCloseTo(at % 5 === 0 ? 1 : 0, 5));
});

test('disparity regression: the student comes closer to the teacher', async () => {
  const student = tinyDisparityNetwork({ scales: [0] });
  const optimizer = adam([{ name: 'all', variables: student.variables }]);
  const step = disparityRegressionStep({ student, optimizer }, { engine: 'onnx' });
  const disparity = fill([2, 64, 64, 1], 0.2) as ReturnType<typeof stripes>;
  const history = await repeat(10, () =>
    step({ image: stripes(), disparity, dropoutNoise: {}, learningRates: rates(0.01, 'all') }),
  );
  expect(history[9].disparity).toBeLessThan(0.7 * history[0].disparity);
});

test('disparity regression: masked rows count for nothing, however wrong they are', async () => {
  const lossOf = async (bottom: number, maskBottom?: number) => {
    const student = tinyDisparityNetwork({ scales: [0] });
    const optimizer = sgd([{ name: 'all', variables: student.variables }]);
    const step = disparityRegressionStep({ student, optimizer }, { engine: 'onnx', maskBottom });
    const disparity = concat([fullOf([2, 57, 64, 1], 0.2), fullOf([2, 7, 64, 1], bottom)], 1) as Images;
    const batch = { image: stripes(), disparity, dropoutNoise: {}, learningRates: rates(0.01, 'all') };
    return (await repeat(1, () => step(batch)))[0].disparity;
  };
  // int(0.9 · 64) = 57 rows are learnt.
  expect(await lossOf(1, 0.1)).toBeCloseTo(await lossOf(0, 0.1), 6);
  expect(Math.abs((await lossOf(1)) - (await lossOf(0)))).toBeGreaterThan(0.01);
});

test('an image of truth values is refused', () => {
  expect(() => bytesToUnitRange(fill([1, 1, 1, 3], 1, 'bool') as Images)).toThrow(/bool.*int32 in 0..255 or float32/);
});
