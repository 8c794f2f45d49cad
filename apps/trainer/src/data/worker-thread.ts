import { parentPort, workerData } from 'node:worker_threads';
import { builtIn } from '../parts/built-in/built-in.ts';
import { loadModules } from '../parts/load-modules.ts';
import { bindPart, createRegistries } from '../parts/registries.ts';
import type { SampleBatch } from './collate.ts';
import { type DatasetRef, openDataset } from './dataset.ts';
import { batchesOf, type SampleChoice } from './loader.ts';

// The thread of worker.ts: is sent the numbers of iterations, and answers each with its samples.

export interface SamplesJob {
  /** The dataset as the YAML would say it. */
  ref: Omit<DatasetRef, 'dataset'> & { dataset: { name: string; [option: string]: unknown } };
  choice: SampleChoice;
  modules: readonly string[];
}

/** An error's class does not come through; its name does. */
export interface ThreadError {
  name: string;
  message: string;
  stack?: string;
  code?: unknown;
}

export type SamplesAnswer = { iteration: number } & ({ samples: SampleBatch } | { error: ThreadError });

const { ref, choice, modules } = workerData as SamplesJob;

async function open() {
  const registries = createRegistries(builtIn);
  await loadModules(registries, modules, () => 'modules');
  const bound = bindPart(registries, 'dataset', ref.dataset);
  if (!bound.success) throw new Error(`dataset "${ref.dataset.name}" was fine in the config and is not in this thread`);
  return batchesOf(await openDataset({ ...ref, dataset: bound.part }), choice);
}

const samples = open();
let previous: Promise<unknown> = samples.catch(() => undefined); // reported with each answer

async function answer(iteration: number): Promise<void> {
  const send = (answer: SamplesAnswer, moved: ArrayBuffer[] = []) => parentPort!.postMessage(answer, moved);
  try {
    const batch = await (await samples)(iteration);
    const { images, neighbours = [], labels, disparities } = batch;
    const arrays = [images, ...neighbours, labels, disparities].filter((array) => array !== undefined);
    send(
      { iteration, samples: batch },
      arrays.map(({ buffer }) => buffer as ArrayBuffer),
    );
  } catch (thrown) {
    const { name, message, stack, code } = thrown as ThreadError;
    send({ iteration, error: { name, message, stack, code } });
  }
}

parentPort!.on('message', (iteration: number) => {
  // One after the other: that is the order in which the stream loads ahead.
  previous = previous.then(() => answer(iteration));
});
