import { DataError } from '@segsde/data-loaders';
import { Worker } from 'node:worker_threads';
import { UserError } from '../files/user-error.ts';
import type { SampleBatch } from './collate.ts';
import type { Loader, SampleChoice } from './loader.ts';
import type { DatasetRef } from './dataset.ts';
import type { SamplesAnswer, SamplesJob, ThreadError } from './worker-thread.ts';

/** From sources, as tests run them, the built thread: Node reads JavaScript only. */
const THREAD = import.meta.url.endsWith('.ts')
  ? new URL('../../dist/data/worker-thread.js', import.meta.url)
  : new URL('./worker-thread.js', import.meta.url);

/** What a thread of samples is for. */
export interface WorkerTask {
  ref: DatasetRef;
  choice: SampleChoice;
  /** Modules of the user's that the config names. */
  modules: readonly string[];
}

/**
 * As a thread takes it: functions do not come through, so the dataset goes as the YAML would say
 * it.
 */
const jobOf = ({ ref, choice, modules }: WorkerTask): SamplesJob => ({
  ref: { ...ref, dataset: ref.dataset.toJSON() as SamplesJob['ref']['dataset'] },
  choice,
  modules,
});

function errorOf({ name, message, stack, code }: ThreadError): Error {
  const classes: Record<string, new (message: string) => Error> = { DataError, UserError };
  return Object.assign(new (classes[name] ?? Error)(message), { stack, ...(code !== undefined && { code }) });
}

/**
 * Decodes, mirrors and crops in a thread of its own, which goes on while this one waits for a
 * graphics card. The samples are those that {@link batchesOf} gives.
 *
 * @param ahead iterations that are made in advance
 */
export function workerLoader(task: WorkerTask, { ahead }: { ahead: number }): Loader {
  const thread = new Worker(THREAD, { workerData: jobOf(task) });
  // It keeps the process alive only while somebody waits for it.
  thread.unref();
  let waits = 0;
  const waiting = new Map<number, { resolve(samples: SampleBatch): void; reject(error: Error): void }>();
  const asked = new Map<number, Promise<SampleBatch>>();
  let failed: Error | undefined;

  thread.on('message', (answer: SamplesAnswer) => {
    const { resolve, reject } = waiting.get(answer.iteration)!;
    waiting.delete(answer.iteration);
    if ('samples' in answer) resolve(answer.samples);
    else reject(errorOf(answer.error));
  });
  const fail = (error: Error) => {
    failed ??= error;
    for (const { reject } of waiting.values()) reject(failed);
    waiting.clear();
  };
  thread.on('error', fail);
  thread.on('exit', (code) => fail(new Error(`the thread that loads samples ended with ${code}`)));

  const ask = (iteration: number): Promise<SampleBatch> => {
    const samples = new Promise<SampleBatch>((resolve, reject) => {
      if (failed) return reject(failed);
      waiting.set(iteration, { resolve, reject });
      thread.postMessage(iteration);
    });
    samples.catch(() => undefined); // reported where they are awaited, which may be never
    return samples;
  };

  return {
    async at(iteration) {
      for (const early of asked.keys()) if (early < iteration) asked.delete(early);
      for (let next = iteration; next <= iteration + ahead; next++) if (!asked.has(next)) asked.set(next, ask(next));
      if (waits++ === 0) thread.ref();
      try {
        return await asked.get(iteration)!;
      } finally {
        if (--waits === 0) thread.unref();
      }
    },
    async close() {
      await thread.terminate();
    },
  };
}
