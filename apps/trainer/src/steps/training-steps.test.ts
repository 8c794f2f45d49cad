import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  fill,
  memory,
  randomNormal,
  scalar,
  tensor2d,
  tensor3d,
  zeros,
  type Scalar,
  type Variable,
} from '@tensorflow/tfjs-core';
import { depthMixMask, drawColorJitter, drawStrongAugmentation } from '@segsde/augmentation';
import { byteTensor } from '@segsde/jit';
import { crossEntropy, monodepthLossFused, pseudoLabelLoss } from '@segsde/losses';
import { adam, lossScaling, sgd, type Optimizer } from '@segsde/optim';
import { depthStep } from './depth-step.ts';
import { disparityRegressionStep } from './disparity-regression-step.ts';
import { segsdeStep } from './segsde-step.ts';
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

test('segsde: both losses are there, the supervised one falls, the teacher follows', async () => {
  const student = tinySegmentationNetwork();
  const teacher = tinySegmentationNetwork();
  const optimizer = adam([{ name: 'all', variables: student.variables }]);
  const step = segsdeStep(
    { student, teacher, optimizer },
    {
      ...{ loss: crossEntropy, clipNorm: null, engine: 'onnx' },
      consistencyLoss: (logits, probabilities) => pseudoLabelLoss(logits, probabilities, { threshold: 0.3 }),
      mixingMask: ({ disparity }) => depthMixMask(disparity),
    },
  );
  const { color, blur } = drawStrongAugmentation(always, { batch: 2, height: 64, width: 64 });
  const batch = () => ({
    labelled: labelled(),
    unlabelled: {
      image: stripes({ shift: 5 }),
      disparity: fill([2, 64, 64, 1], 0.5) as ReturnType<typeof stripes>,
      label: stripeLabels(),
      labelKnown: zeros([2, 1, 1, 1]) as ReturnType<typeof stripes>,
      mixing: {},
      strong: { color: tensor3d(color, [2, 7, 3]), blur: tensor2d(blur, [2, 9]) },
      teacherDropoutNoise: {},
      studentDropoutNoise: {},
    },
    consistencyWeight: scalar(1),
    emaDecay: scalar(0.5),
    learningRates: rates(0.01, 'all'),
  });
  const before = teacher.variables[0].dataSync().slice();
  const history = await repeat(10, () => step(batch()));
  expect(history[0].consistency).toBeGreaterThan(0);
  expect(history[9].supervised).toBeLessThan(0.7 * history[0].supervised);

  const own = await student.variables[0].data();
  const followed = await teacher.variables[0].data();
  expect(followed).not.toEqual(before);
  const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);
  expect(distance(followed, own)).toBeLessThan(distance(before, own));
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
