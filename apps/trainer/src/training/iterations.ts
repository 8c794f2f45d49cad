import { engines, OutOfMemory } from '@segsde/jit';
import { dispose, tensor_util, type Scalar, type TensorContainer, type Variable } from '@tensorflow/tfjs-core';
import { join } from 'node:path';
import { showFile } from '../files/show-file.ts';
import { UserError } from '../files/user-error.ts';
import type { Metrics, StageContext } from '../run/stage.ts';
import { type BatchSizes, smallerBatches } from './batch-sizes.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { StepCall } from './step-call.ts';

export interface Iterations {
  /** What the progress bar says. */
  title: string;
  iterations: number;
  checkpointEvery: number;
  /**
   * Everything that changes from step to step: weights, running statistics, optimiser slots, the
   * teacher's. Names are up to the caller.
   */
  state: ReadonlyMap<string, Variable>;
  /**
   * The optimiser step of an iteration, counted from 0; earlier ones need not have been taken yet.
   * Random draws must follow from the seed and `iteration` alone, so that a resumed run goes on
   * alike.
   */
  step(iteration: number): Promise<StepCall>;
  /** What to make smaller where a step does not fit into memory. */
  batchSizes: BatchSizes;
  /** File name inside the stage's folder. */
  checkpoint?: string;
}

export type LoopContext = Pick<StageContext, 'engine' | 'folder' | 'log' | 'metrics' | 'progress' | 'signal'>;

/** How often losses and learning rates go into metrics.jsonl, in iterations. */
const METRICS_EVERY = 10;

async function readNumbers(values: Record<string, Scalar>): Promise<Record<string, number>> {
  const entries = Object.entries(values).map(async ([name, value]): Promise<[string, number]> => {
    return [name, (await value.data())[0]];
  });
  const numbers = Object.fromEntries(await Promise.all(entries));
  dispose(values);
  return numbers;
}

const valuesIn = (batch: object): number =>
  tensor_util.getTensorsInContainer(batch as TensorContainer).reduce((sum, { size }) => sum + size, 0);

/** Takes steps of one kind together. @returns the losses of each */
async function takeSteps(calls: readonly StepCall[]): Promise<Record<string, number>[]> {
  const [{ step, before }] = calls;
  try {
    before?.();
    const losses = await step.series(calls.map(({ batch }) => batch));
    return await Promise.all(losses.map(readNumbers));
  } finally {
    for (const call of calls) call.dispose();
  }
}

/**
 * The training loop: resumes from the stage's checkpoint if there is one, shows progress, records
 * losses, saves every `checkpointEvery` iterations, at the end and on Ctrl-C.
 *
 * @throws UserError when a loss or a saved value is not finite, or a step does not fit into memory;
 *   the last checkpoint stays as it was
 */
export async function runIterations(
  context: LoopContext,
  { title, iterations, checkpointEvery, state, step, batchSizes, checkpoint = 'checkpoint.safetensors' }: Iterations,
): Promise<void> {
  const path = join(context.folder, checkpoint);
  let done = await readCheckpoint(path, state);
  let saved = done;
  // Recorded once the iterations are safe, so that a resumed run does not record them twice.
  const unrecorded: Metrics[] = [];
  if (done > 0) context.log(`${title}: going on after iteration ${done}`);

  const save = async () => {
    if (done === saved) return;
    await writeCheckpoint(path, state, done);
    saved = done;
    for (const values of unrecorded.splice(0)) context.metrics(values);
  };
  const kept = () =>
    saved > 0 ? `the checkpoint of iteration ${saved} is kept (${showFile(path)})` : 'there is no checkpoint yet';

  let next: StepCall | undefined;
  /**
   * The steps that come next and can be taken together: of one kind, and up to the next checkpoint.
   */
  const nextSteps = async (): Promise<StepCall[]> => {
    const calls = [next ?? (await step(done))];
    next = undefined;
    const most = engines[context.engine].callsTogether(valuesIn(calls[0].batch));
    const end = Math.min(iterations, done + most, done + checkpointEvery - (done % checkpointEvery));
    while (done + calls.length < end && !context.signal.aborted) {
      const call = await step(done + calls.length);
      if (call.before || call.step !== calls[0].step) {
        next = call;
        break;
      }
      calls.push(call);
    }
    return calls;
  };

  const progress = context.progress(title, iterations, { start: done });
  try {
    while (done < iterations) {
      const calls = await nextSteps();
      for (const [i, losses] of (await takeSteps(calls)).entries()) {
        done++;
        for (const [term, value] of Object.entries(losses)) {
          if (!Number.isFinite(value)) {
            throw new UserError(
              `${title}: ${term} became ${value} in iteration ${done}; ${kept()}. A lower learning rate or a bound on the gradient norm (clipNorm) usually helps.`,
            );
          }
        }
        progress.update(done, losses);
        if (done % METRICS_EVERY === 0 || done === iterations) {
          const rates = Object.entries(calls[i].rates ?? {}).map(([group, rate]) => [`rate.${group}`, rate]);
          unrecorded.push({ training: title, iteration: done, ...losses, ...Object.fromEntries(rates) });
        }
      }
      if (done % checkpointEvery === 0 || done === iterations) await save();
      if (context.signal.aborted) {
        await save();
        context.signal.throwIfAborted();
      }
    }
  } catch (error) {
    if (!(error instanceof OutOfMemory)) throw error;
    const lack = `there is not enough memory for ${smallerBatches(batchSizes)}`;
    throw new UserError(`${title}: in iteration ${done + 1} ${lack}; ${kept()}`, { cause: error });
  } finally {
    next?.dispose();
    progress.done();
  }
}
