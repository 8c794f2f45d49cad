import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { Interrupted } from '../files/interrupted.ts';
import { type RunContext, runStages } from './run-stages.ts';
import type { Stage, StageContext } from './stage.ts';

let folder: string;
let lines: string[];
let calls: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segsde-run-'));
  lines = [];
  calls = [];
});
afterEach(() => rm(folder, { recursive: true }));

function contextOf(config: object, signal = new AbortController().signal): RunContext {
  return {
    config: config as Config,
    engine: 'eager',
    runFolder: folder,
    signal,
    progress: () => ({ update: () => undefined, done: () => undefined }),
    log: (line) => lines.push(line),
  };
}

function stage<Result>(
  name: string,
  key: string,
  needs: Stage[],
  run: (context: StageContext) => Promise<Result>,
): Stage<Result> {
  return {
    name,
    title: `make ${name}`,
    needs,
    inputs: (config) => ({ [key]: (config as unknown as Record<string, unknown>)[key] }),
    run: (context) => {
      calls.push(name);
      return run(context);
    },
  };
}

const twoStages = () => {
  const first = stage('first', 'a', [], async () => ({ value: 3 }));
  const second = stage('second', 'b', [first], async ({ done }) => done(first).result.value + 1);
  return { first, second };
};

test('a stage gets what it needs, and the results are kept', async () => {
  await runStages([twoStages().second], contextOf({ a: 1, b: 1 }));
  expect(calls).toEqual(['first', 'second']);
  const done = JSON.parse(await readFile(join(folder, 'second/done.json'), 'utf8'));
  expect(done).toMatchObject({ result: 4, seconds: expect.any(Number), peakRssMb: expect.any(Number) });
  expect(await readFile(join(folder, 'config.yaml'), 'utf8')).toContain('a: 1');
  expect(JSON.parse(await readFile(join(folder, 'environment.json'), 'utf8'))).toMatchObject({ engine: 'eager' });
});

test('a stage sees of the config what its inputs return', async () => {
  let seen: unknown;
  const nosy: Stage = {
    ...twoStages().first,
    run: async (context, inputs) => void (seen = [inputs, 'config' in context]),
  };
  await runStages([nosy], contextOf({ a: 1, b: 2 }));
  expect(seen).toEqual([{ a: 1 }, false]);
});

test('finished stages are skipped and say so', async () => {
  await runStages([twoStages().first], contextOf({ a: 1, b: 1 }));
  await runStages([twoStages().second], contextOf({ b: 1, a: 1 }));
  expect(calls).toEqual(['first', 'second']);
  expect(lines).toContainEqual(expect.stringMatching(/^\[1\/2\] make first: done before/));
});

test('an interrupted stage goes on with what it left in its folder', async () => {
  const controller = new AbortController();
  const counting = () =>
    stage('count', 'a', [], async ({ folder: own, signal }) => {
      const file = join(own, 'count.txt');
      const before = existsSync(file) ? Number(await readFile(file, 'utf8')) : 0;
      await writeFile(file, String(before + 1));
      signal.throwIfAborted();
      return before + 1;
    });
  controller.abort(new Interrupted());
  const aborted = contextOf({ a: 1 }, controller.signal);
  await expect(runStages([counting()], aborted)).rejects.toThrow(Interrupted);
  expect(existsSync(join(folder, 'count/done.json'))).toBe(false);

  const failing = stage('count', 'a', [], async ({ folder: own }) => {
    await writeFile(join(own, 'count.txt'), '5');
    throw new Error('power cut');
  });
  await expect(runStages([failing], contextOf({ a: 1 }))).rejects.toThrow('power cut');
  await runStages([counting()], contextOf({ a: 1 }));
  expect(JSON.parse(await readFile(join(folder, 'count/done.json'), 'utf8')).result).toBe(6);
  expect(lines.at(-1)).toBe('[1/1] make count: going on');
});

test('a finished stage whose config has changed stops the run before anything is done, naming the key and the folders', async () => {
  await runStages([twoStages().second], contextOf({ a: { deep: [1, 2] }, b: 1 }));
  const config = await readFile(join(folder, 'config.yaml'), 'utf8');
  await expect(runStages([twoStages().second], contextOf({ a: { deep: [1, 3] }, b: 1 }))).rejects.toThrow(
    new RegExp(
      `^a\\.deep\\[1\\] is 3 now, but was 2 when "first" was made\\. Put it back, choose another --out, or delete .*first, .*second`,
    ),
  );
  expect(calls).toEqual(['first', 'second']);
  expect(await readFile(join(folder, 'config.yaml'), 'utf8')).toBe(config);
});

test('a stage made from an upstream stage that was made anew from another config is not taken for finished', async () => {
  await runStages([twoStages().second], contextOf({ a: 1, b: 1 }));
  await rm(join(folder, 'first'), { recursive: true });
  await expect(runStages([twoStages().second], contextOf({ a: 2, b: 1 }))).rejects.toThrow(
    /second was made from something that has changed since/,
  );
});

test('keys that a finished stage does not use may change', async () => {
  await runStages([twoStages().first], contextOf({ a: 1, b: 1 }));
  await runStages([twoStages().second], contextOf({ a: 1, b: 2 }));
  expect(calls).toEqual(['first', 'second']);
});

test('a damaged done.json is named', async () => {
  await runStages([twoStages().first], contextOf({ a: 1 }));
  await writeFile(join(folder, 'first/done.json'), '{');
  await expect(runStages([twoStages().first], contextOf({ a: 1 }))).rejects.toThrow(/first\/done\.json: damaged/);
});
