import { afterEach, beforeEach, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { type Engine, OutOfMemory } from '@segsde/jit';
import { add, scalar, type Scalar, tensor1d, type Variable, variable, zeros } from '@tensorflow/tfjs-core';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { Interrupted } from '../files/interrupted.ts';
import type { Metrics } from '../run/stage.ts';
import { type Iterations, type LoopContext, runIterations } from './iterations.ts';

let folder: string;
let recorded: Metrics[];
let weight: Variable;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segsde-iterations-'));
  recorded = [];
  weight = variable(tensor1d([0, 0]));
});
afterEach(() => rm(folder, { recursive: true }));

const contextOf = (signal = new AbortController().signal, engine: Engine = 'onnx'): LoopContext => ({
  folder,
  signal,
  engine,
  progress: () => ({ update: () => undefined, done: () => undefined }),
  log: () => undefined,
  metrics: (values: Metrics) => recorded.push(values),
});

/** How many steps were taken at once, each time. */
let series: number[] = [];
beforeEach(() => {
  series = [];
});

const adder = {
  async series(batches: readonly object[]): Promise<Record<string, Scalar>[]> {
    series.push(batches.length);
    return (batches as { iteration: number; smoothness: number }[]).map(({ iteration, smoothness }) => {
      weight.assign(add(weight, tensor1d([iteration, 1])));
      return { loss: scalar(iteration), smoothness: scalar(smoothness) };
    });
  },
};

/** Adds the iteration's number to the weight, so that the sum tells which iterations took place. */
const adding = (over: Partial<Iterations> = {}): Iterations => ({
  title: 'adding',
  iterations: 20,
  checkpointEvery: 7,
  state: new Map([['weight', weight]]),
  batchSizes: { 'train.batchSize': 4 },
  step: async (iteration) => ({ step: adder, batch: { iteration, smoothness: 0.5 }, dispose: () => undefined }),
  ...over,
});

const sum = (upTo: number) => (upTo * (upTo - 1)) / 2;

test('all iterations run, the end is saved, losses are recorded', async () => {
  await runIterations(contextOf(), adding());
  expect([...weight.dataSync()]).toEqual([sum(20), 20]);
  const restored = variable(tensor1d([0, 0]));
  expect(await readCheckpoint(join(folder, 'checkpoint.safetensors'), new Map([['weight', restored]]))).toBe(20);
  expect([...restored.dataSync()]).toEqual([sum(20), 20]);
  expect(recorded).toEqual([
    { training: 'adding', iteration: 10, loss: 9, smoothness: 0.5 },
    { training: 'adding', iteration: 20, loss: 19, smoothness: 0.5 },
  ]);
});

test('after a crash the run goes on from the last checkpoint and ends the same', async () => {
  const step = adding().step;
  const crash = adding({
    step: (iteration) => (iteration === 12 ? Promise.reject(new Error('power cut')) : step(iteration)),
  });
  await expect(runIterations(contextOf(), crash)).rejects.toThrow('power cut');
  weight = variable(tensor1d([-1, -1]));
  await runIterations(contextOf(), adding());
  expect([...weight.dataSync()]).toEqual([sum(20), 20]);
  expect(recorded.map(({ iteration }) => iteration)).toEqual([10, 20]);
});

test('Ctrl-C finishes the step, saves, and the run goes on from there', async () => {
  const controller = new AbortController();
  const { step } = adding();
  const stopped = adding({
    step: (iteration) => {
      if (iteration === 4) controller.abort(new Interrupted());
      return step(iteration);
    },
  });
  await expect(runIterations(contextOf(controller.signal), stopped)).rejects.toThrow(Interrupted);
  const begun: number[] = [];
  weight = variable(tensor1d([0, 0]));
  const rest = adding({ step: (iteration) => (begun.push(iteration), adding().step(iteration)) });
  await runIterations(contextOf(), rest);
  expect(begun[0]).toBe(5);
  expect([...weight.dataSync()]).toEqual([sum(20), 20]);
});

test('on a card that weights have to be brought to, steps of one kind are taken together, up to the next checkpoint', async () => {
  const disposed: number[] = [];
  const other = { series: adder.series };
  const mixed = adding({
    iterations: 60,
    checkpointEvery: 40,
    step: async (iteration) => ({
      step: iteration < 5 ? adder : other,
      batch: { iteration, smoothness: 0.5 },
      dispose: () => disposed.push(iteration),
      ...(iteration === 35 && { before: () => expect(weight.dataSync()[1]).toBe(35) }),
    }),
  });
  await runIterations(contextOf(undefined, 'onnx-cuda'), mixed);
  expect(series).toEqual([5, 25, 5, 5, 20]);
  expect([...weight.dataSync()]).toEqual([sum(60), 60]);
  expect(disposed).toEqual([...Array(60).keys()]);
  expect(recorded.map(({ iteration }) => iteration)).toEqual([10, 20, 30, 40, 50, 60]);
});

test('large batches are taken together only as far as they fit side by side', async () => {
  const image = zeros([2 ** 23]);
  const step = async (iteration: number) => ({
    ...(await adding().step(iteration)),
    batch: { iteration, smoothness: 0.5, image },
  });
  await runIterations(contextOf(undefined, 'onnx-cuda'), adding({ iterations: 20, checkpointEvery: 20, step }));
  expect(series).toEqual([8, 8, 4]);
});

test('Ctrl-C while steps are gathered ends the gathering', async () => {
  const controller = new AbortController();
  const stopped = adding({
    checkpointEvery: 20,
    step: (iteration) => {
      if (iteration === 4) controller.abort(new Interrupted());
      return adding().step(iteration);
    },
  });
  await expect(runIterations(contextOf(controller.signal, 'onnx-cuda'), stopped)).rejects.toThrow(Interrupted);
  expect(series).toEqual([5]);
  expect(await readCheckpoint(join(folder, 'checkpoint.safetensors'), new Map([['weight', weight]]))).toBe(5);
});

test('a loss that becomes NaN stops the run, names step and term, and keeps the last good checkpoint', async () => {
  const failing = adding({
    step: async (iteration) => ({
      ...(await adding().step(iteration)),
      batch: { iteration, smoothness: iteration === 9 ? NaN : 1 },
    }),
  });
  await expect(runIterations(contextOf(), failing)).rejects.toThrow(
    /^adding: smoothness became NaN in iteration 10; the checkpoint of iteration 7 is kept/,
  );
  expect(await readCheckpoint(join(folder, 'checkpoint.safetensors'), new Map([['weight', weight]]))).toBe(7);
});

test('a step that does not fit into memory names itself and a smaller batch', async () => {
  const full = { series: () => Promise.reject(new OutOfMemory('onnx-cuda', 'CUDA failure 2: out of memory')) };
  const failing = adding({
    step: async (iteration) => ({ ...(await adding().step(iteration)), step: iteration === 8 ? full : adder }),
  });
  await expect(runIterations(contextOf(), failing)).rejects.toThrow(
    /^adding: in iteration 9 there is not enough memory for train\.batchSize 4\. .* --set train\.batchSize=2; the checkpoint of iteration 7 is kept/,
  );
});

test('weights that are not finite are not saved over good ones', async () => {
  const path = join(folder, 'checkpoint.safetensors');
  const state = new Map([['weight', weight]]);
  await writeCheckpoint(path, state, 3);
  weight.assign(tensor1d([1, Infinity]));
  await expect(writeCheckpoint(path, state, 4)).rejects.toThrow(/^weight is not finite after iteration 4/);
  expect(await readCheckpoint(path, state)).toBe(3);
  expect(await readdir(folder)).toEqual(['checkpoint.safetensors']);
});

test('a checkpoint that is cut off, or of another network, is an error that names it', async () => {
  const path = join(folder, 'checkpoint.safetensors');
  await writeCheckpoint(path, new Map([['weight', weight]]), 3);
  const other = variable(tensor1d([1, 2, 3]));
  await expect(readCheckpoint(path, new Map([['weight', other]]))).rejects.toThrow(/has no weight of shape \[3\]/);
  await truncate(path, (await readFile(path)).length - 4);
  await expect(readCheckpoint(path, new Map([['weight', weight]]))).rejects.toThrow(
    /checkpoint\.safetensors: file ends after .* Delete it to begin that stage again/,
  );
  await writeFile(path, '');
  await expect(readCheckpoint(path, new Map([['weight', weight]]))).rejects.toThrow(/file ends after 0 bytes/);
});
