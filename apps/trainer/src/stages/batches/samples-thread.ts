import { builtIn } from '../../registry/built-in/built-in.ts';
import { loadModules } from '../../registry/load-modules.ts';
import { createRegistries } from '../../registry/registries.ts';
import type { DataPlace } from '../data/data-place.ts';
import { openPlace } from '../data/open-place.ts';
import { parentPort, workerData } from 'node:worker_threads';
import { datasetSamples, type SampleChoice } from './dataset-samples.ts';
import type { SampleBatch } from './join-samples.ts';

// The thread of samples-from-thread.ts: is sent the numbers of iterations, and answers each with its samples.

/** What the thread is for. */
export interface SamplesJob {
  place: DataPlace;
  choice: SampleChoice;
  /** Modules of the user's that the config names. */
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

const { place, choice, modules } = workerData as SamplesJob;

async function open() {
  const registries = createRegistries(builtIn);
  await loadModules(registries, modules, () => 'modules');
  return datasetSamples(await openPlace(registries, place), choice);
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
