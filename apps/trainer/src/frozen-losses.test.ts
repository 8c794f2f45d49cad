import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession } from 'onnxruntime-node';
import { loadConfig } from './config/load-config.ts';
import { runStages } from './run/run-stages.ts';
import type { Stage } from './run/stage.ts';
import { type Pipeline, pipeline } from './recipes/pipeline.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const FROZEN = here('frozen-losses.json');

/** Losses by term, one for each iteration, of each training of the demo by its title. */
type Curves = Record<string, Record<string, number[]>>;

/**
 * The demo, shortened: 30 iterations of each training, in which the switches of the long ones (the
 * automask, the mixed frames) come after 10.
 */
const SHORT = [
  ...['scenes.train=24', 'scenes.val=2', 'selection.labels=8', 'selection.rounds=[4]'],
  ...['depth.iterations=30', 'depth.automaskFrom=10', 'selection.student.iterations=30'],
  ...['train.iterations=30', 'train.variants[1].unlabelled.startIteration=10'],
];

/**
 * For the trainings that come after depth. None of them begins with anything that rounding has
 * changed or decided: depth stays as it was drawn, the student learns from the frames of the first
 * round, which method `uncertainty` draws, and "segsde" from labels drawn at random.
 */
const AFTER_DEPTH = [
  ...['depth.iterations=1', 'depth.learningRates={ encoder: 0, decoder: 0, pose: 0 }'],
  ...['selection.method={ name: uncertainty }', 'train.variants[1].labels=random'],
];

/**
 * What rounding may do. Step 1 has had one forward pass; with other threads it differs by 1e-7.
 * Each update by Adam passes on what came before and adds to it: with other threads, 30 steps end
 * 6e-3 apart. The bound grows by a quarter with each step, up to ten times that.
 */
const tolerance = (step: number) => Math.min(1e-3 * 1.25 ** (step - 1), 0.06);

/** Other thread counts add numbers in another order. */
function useOneThread(): void {
  const create = InferenceSession.create.bind(InferenceSession);
  InferenceSession.create = ((model: Uint8Array, options: InferenceSession.SessionOptions) =>
    create(model, { ...options, intraOpNumThreads: 1 })) as typeof InferenceSession.create;
}

async function train(runFolder: string, set: string[], wanted: (stages: Pipeline) => Stage[]): Promise<Curves> {
  const config = await loadConfig(here('../configs/demo.yaml'), { set: [...SHORT, ...set] });
  const [baseline] = config.train.variants;
  // Not trained, but it has frames chosen by method, for which the student is trained.
  config.train.variants.push({ ...baseline, name: 'chosen', labels: 'selected' });
  const curves: Curves = {};
  await runStages(wanted(pipeline(config)), {
    ...{ config, runFolder, signal: new AbortController().signal, engine: 'onnx' },
    log: () => undefined,
    progress: (title) => ({
      update: (_, losses) => {
        for (const [term, value] of Object.entries(losses ?? {})) ((curves[title] ??= {})[term] ??= []).push(value);
      },
      done: () => undefined,
    }),
  });
  return curves;
}

async function trainShortly(folder: string): Promise<Curves> {
  const { depth } = await train(join(folder, 'depth'), [], ({ depth }) => [depth!]);
  const { depth: _untrained, ...others } = await train(
    join(folder, 'others'),
    AFTER_DEPTH,
    ({ selection, segmentation }) => [selection, ...segmentation.slice(0, 2)],
  );
  return { depth, ...others };
}

test('the demo begins with the losses it has always begun with', async () => {
  useOneThread();
  const folder = await mkdtemp(join(tmpdir(), 'segsde-frozen-'));
  const curves = await trainShortly(folder).finally(() => rm(folder, { recursive: true, force: true }));
  if (process.env.RENEW_FROZEN_LOSSES) {
    const shown = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(7)) : value);
    await writeFile(FROZEN, `${JSON.stringify(curves, shown, 1)}\n`);
  }
  const frozen = JSON.parse(await readFile(FROZEN, 'utf8')) as Curves;
  const moved: string[] = [];
  for (const [title, terms] of Object.entries(frozen)) {
    for (const [term, values] of Object.entries(terms)) {
      const now = curves[title]?.[term] ?? [];
      const step = values.findIndex((value, i) => !(Math.abs(now[i] - value) <= tolerance(i + 1) * Math.abs(value)));
      if (step >= 0) moved.push(`${title}, ${term}: ${values[step]} in step ${step + 1} became ${now[step]}`);
    }
  }
  const remedy =
    'If that is meant: RENEW_FROZEN_LOSSES=1 npm run jest -- apps/trainer/src/frozen-losses.test.ts, and say why in the commit.';
  expect(moved.length === 0 ? '' : [...moved, remedy].join('\n')).toBe('');
  expect(Object.keys(curves)).toEqual(Object.keys(frozen));
});
