import { afterAll, beforeAll, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/load-config.ts';
import { reportTable } from '../report/report-table.ts';
import { runStages, type RunContext } from '../run/run-stages.ts';
import { pipeline } from './pipeline.ts';
import type { Report } from '../report/report.ts';

const yaml = `
name: tiny
scenes: { train: 4, val: 2, height: 64, width: 64 }
data: { height: 64, width: 64 }
model:
  encoder: { depth: 18, width: 4 }
  decoder: { channels: [4, 4, 4, 8, 8], batchNorm: true }
  segmentation: { layerChannels: 4 }
  pose: { width: 4 }
depth:
  data: { dataset: { frames: video }, height: 64, width: 64 }
  scales: [0, 1]
  iterations: 3
  batchSize: 2
selection:
  method: diversity+uncertainty
  labels: 2
  rounds: [1]
  student: { iterations: 2, batchSize: 2 }
train:
  iterations: 6
  batchSize: 2
  checkpointEvery: 2
  optimizer: adam
  variants:
    - name: baseline
    - name: segsde
      init: depth
      labels: selected
      unlabelled: { startIteration: 2 }
    - name: classmix
      unlabelled: { mixing: classmix, loss: { confidence: pixel }, frames: unlabelled }
report: { panels: 1 }
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segsde-pipeline-'));
  await writeFile(join(folder, 'tiny.yaml'), yaml);
});
afterAll(() => rm(folder, { recursive: true }));

async function context(runFolder: string, signal = new AbortController().signal): Promise<RunContext> {
  const config = await loadConfig(join(folder, 'tiny.yaml'));
  return {
    ...{ config, runFolder, signal, engine: 'onnx' },
    progress: () => ({ update: () => undefined, done: () => undefined }),
    log: () => undefined,
  };
}

const read = async (...path: string[]): Promise<unknown> =>
  JSON.parse(await readFile(join(folder, ...path), 'utf8')) as unknown;

test('a config goes through all stages to a report and panels', async () => {
  const run = await context(join(folder, 'whole'));
  await runStages([pipeline(run.config).report], run);

  const report = (await read('whole', 'report.json')) as Report;
  expect(Object.keys(report.results)).toEqual(['baseline', 'segsde', 'classmix']);
  for (const { mIoU, labels, classes } of Object.values(report.results)) {
    expect(mIoU).toBeGreaterThanOrEqual(0);
    expect(mIoU).toBeLessThanOrEqual(1);
    expect(labels).toBe(2);
    expect(Object.keys(classes)).toContain('road');
  }
  expect(report.depth!.absRel).toBeGreaterThan(0);
  expect(report.depth!.meanMapAbsRel).toBeGreaterThan(0);
  expect(report.depth!.photometricRatio).toBeGreaterThan(0);
  expect(report.engines).toEqual({
    'depth-step': 'onnx',
    'photometric-step': 'onnx',
    'predict-disparity': 'onnx',
    'predict-features': 'onnx',
    'disparity-regression-step': 'onnx',
    'supervised-step': 'onnx',
    'segsde-step': 'onnx',
    'predict-labels': 'onnx',
  });
  expect(Object.keys(report.seconds)).toEqual([
    ...['scenes', 'depth', 'disparity', 'selection'],
    ...['segmentation/baseline', 'segmentation/segsde', 'segmentation/classmix', 'evaluation'],
  ]);
  expect(report.peakRssMb).toBeGreaterThan(10);
  expect(reportTable(report)).toMatch(/^IoU in % +baseline +segsde +classmix$/m);

  expect(await readdir(join(folder, 'whole', 'panels'))).toHaveLength(1);
}, 240_000);

test('a training that was interrupted ends with the weights of one that was not', async () => {
  const interrupted = join(folder, 'interrupted');
  await cp(join(folder, 'whole'), interrupted, { recursive: true });
  const segsde = join(interrupted, 'segmentation', 'segsde');
  await rm(segsde, { recursive: true });

  const abort = new AbortController();
  const run = await context(interrupted, abort.signal);
  let updates = 0;
  const stopping: RunContext = {
    ...run,
    progress: () => ({ update: () => void (++updates === 3 && abort.abort()), done: () => undefined }),
  };
  await expect(runStages([pipeline(run.config).segmentation[1]], stopping)).rejects.toThrow();
  expect(updates).toBe(3);
  const resumed = await context(interrupted);
  await runStages([pipeline(resumed.config).segmentation[1]], resumed);

  const whole = join(folder, 'whole', 'segmentation', 'segsde');
  const weights = (await readdir(whole)).filter((file) => file.endsWith('.safetensors'));
  expect(weights.length).toBeGreaterThan(4);
  for (const file of weights) {
    expect(Buffer.compare(await readFile(join(segsde, file)), await readFile(join(whole, file)))).toBe(0);
  }
}, 120_000);
