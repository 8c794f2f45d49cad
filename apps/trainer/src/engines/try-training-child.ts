import type { Engine } from '@segsde/jit';
import { timeStep } from './time-step.ts';
import { tryTraining } from './try-training.ts';

// A child process of try-in-child.ts: tries one engine, and answers.

/** What {@link tryTraining} and {@link timeStep} found, or what went wrong. */
export type TrialAnswer =
  (Awaited<ReturnType<typeof tryTraining>> & Awaited<ReturnType<typeof timeStep>>) | { error: string };

async function answer(engine: Engine): Promise<TrialAnswer> {
  try {
    return { ...(await tryTraining(engine)), ...(await timeStep(engine)) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

process.send!(await answer(process.argv[2] as Engine), () => process.exit());
