import { afterAll, beforeAll, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/load-config.ts';
import { pipeline } from '../recipes/pipeline.ts';
import { runStages } from '../run/run-stages.ts';
import type { Report } from '../report/report.ts';

/** One part of each kind, each with an option; that of the encoder is transformed by its schema. */
const MODULE = `
import { chooseClasses, classMixMask, drawClassScores } from '@segsde/augmentation';
import { crossEntropy, monodepthLoss, pseudoLabelLoss } from '@segsde/losses';
import { buildNetwork, depthDecoder, type Encoder, featureShapes, jointSegmentationDecoder } from '@segsde/models';
import { sgd } from '@segsde/optim';
import {
  defineAcquisition, defineDecoder, defineEncoder, defineLoss, defineMixing, defineOptimizer, defineSchedule,
} from '@segsde/trainer';
import { mul, onesLike, scalar, type Scalar } from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';

const option = z.strictObject({ factor: z.number().default(2) });

export const encoder = defineEncoder({
  name: 'tiny',
  options: z.strictObject({ width: z.string().transform(Number) }),
  build({ width }, { seed }): Encoder {
    const channels = [width, width, width, width, width];
    const strides = [2, 4, 8, 16, 32];
    const network = buildNetwork({ name: 'tiny', inputChannels: [3], seed }, ([image], build) => {
      const maps: SymbolicTensor[] = [];
      channels.forEach((filters, i) => {
        const sizes = { inputChannels: i === 0 ? 3 : width, filters, kernelSize: 3 };
        const halve = build.convolution(i + '.conv', { ...sizes, strides: 2, padding: 1 });
        const norm = build.batchNorm(i + '.norm', filters);
        maps.push(build.activation(i + '.relu', 'relu')(norm(halve(i === 0 ? image : maps[i - 1]))));
      });
      return maps;
    });
    return {
      ...network, channels, strides,
      apply: (image, options) => network.apply([image], options),
      featureShapes: (shape) => featureShapes({ channels, strides }, shape),
    };
  },
});

export const decoder = defineDecoder({
  name: 'own-depth',
  task: 'depth',
  options: option,
  build: ({ factor }, context) => {
    const width = 2 * factor;
    return depthDecoder({ ...context, channels: [width, width, width, width, width], batchNorm: true });
  },
});

export const segmentation = defineDecoder({
  name: 'own-segmentation',
  task: 'segmentation',
  options: option,
  build: ({ factor }, { encoderChannels, classes, seed }) =>
    jointSegmentationDecoder({ encoderChannels, classes, seed, channels: [4, 4, 4, 4, 4], layerChannels: 2 * factor }),
});

export const losses = [
  defineLoss({
    name: 'own-labels', task: 'segmentation', options: option,
    create: ({ factor }) => (logits, labels) => mul<Scalar>(crossEntropy(logits, labels), factor),
  }),
  defineLoss({
    name: 'own-consistency', task: 'consistency', options: option,
    create: ({ factor }) => (logits, probabilities) => mul<Scalar>(pseudoLabelLoss(logits, probabilities), factor),
  }),
  defineLoss({
    name: 'own-depth', task: 'depth', options: option,
    create: ({ factor }, { minDepth, maxDepth }) => (inputs) =>
      monodepthLoss(inputs, { minDepth, maxDepth, smoothness: 1e-3 * factor }),
  }),
];

export const mixing = defineMixing({
  name: 'own-mixing', usesDisparity: false, options: option,
  mask: ({ disparity }, { factor }) => mul(onesLike(disparity), scalar(factor > 1 ? 1 : 0)),
});

export const acquisition = defineAcquisition({
  name: 'own-choice', needs: ['uncertainty'], options: option,
  choose({ count, size, chosen, uncertainty }) {
    const left = Array.from({ length: size }, (_, i) => i).filter((i) => !chosen.includes(i));
    return left.sort((a, b) => (uncertainty ? uncertainty[b] - uncertainty[a] : b - a)).slice(0, count);
  },
});

export const optimizer = defineOptimizer({ name: 'own-optimizer', options: option, create: (groups) => sgd(groups) });
export const schedule = defineSchedule({ name: 'own-schedule', options: option, create: ({ factor }) => () => 1 / factor });
`;

const CONFIG = `
name: own
modules: [own.ts]
scenes: { train: 4, val: 1, height: 64, width: 64 }
data: { height: 64, width: 64 }
model:
  encoder: { name: tiny, width: '4' }
  decoder: { name: own-depth, factor: 2 }
  segmentation: { name: own-segmentation, factor: 2 }
  pose: { width: 4 }
depth:
  data: { dataset: { frames: video }, height: 64, width: 64 }
  loss: { name: own-depth, factor: 2 }
  scales: [0, 2]
  automaskFrom: 1
  iterations: 2
  batchSize: 2
  optimizer: { name: own-optimizer, factor: 2 }
  schedule: { name: own-schedule, factor: 2 }
selection:
  method: { name: own-choice, factor: 2 }
  labels: 3
  rounds: [2]
  student: { iterations: 1, batchSize: 2, optimizer: { name: own-optimizer }, schedule: { name: own-schedule } }
train:
  iterations: 2
  batchSize: 2
  loss: { name: own-labels, factor: 2 }
  optimizer: { name: own-optimizer }
  schedule: { name: own-schedule }
  variants:
    - name: mixed
      labels: selected
      unlabelled: { mixing: { name: own-mixing, factor: 2 }, loss: { name: own-consistency, factor: 2 } }
report: { panels: 0 }
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segsde-own-'));
  await writeFile(join(folder, 'own.ts'), MODULE);
  await writeFile(join(folder, 'own.yaml'), CONFIG);
});
afterAll(() => rm(folder, { recursive: true }));

async function run(configFile: string, runFolder: string): Promise<string[]> {
  const lines: string[] = [];
  const config = await loadConfig(configFile);
  await runStages([pipeline(config).report], {
    ...{ config, runFolder, engine: 'onnx', signal: new AbortController().signal },
    progress: () => ({ update: () => undefined, done: () => undefined }),
    log: (line) => lines.push(line),
  });
  return lines;
}

test("a run in which every part is the user's own reaches its report", async () => {
  const runFolder = join(folder, 'run');
  await run(join(folder, 'own.yaml'), runFolder);
  const report = JSON.parse(await readFile(join(runFolder, 'report.json'), 'utf8')) as Report;
  expect(report.results.mixed.labels).toBe(3);
  expect(report.depth!.photometricRatio).toBeGreaterThan(0);

  // The resolved config goes through the same schemas again, whose input is a string.
  const again = await run(join(runFolder, 'config.yaml'), runFolder);
  expect(again).toHaveLength(7);
  for (const line of again) expect(line).toMatch(/done before/);
});
