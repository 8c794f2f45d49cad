import { type Engine, NoDevice } from '@segsde/jit';
import { timeStep, tryTraining } from './trial.ts';

// A child process of probe.ts: tries one engine, and answers.

/** What {@link tryTraining} and {@link timeStep} found, or what went wrong. */
export type TrialAnswer =
  | (Awaited<ReturnType<typeof tryTraining>> & Awaited<ReturnType<typeof timeStep>>)
  | { error: string; noDevice: boolean };

async function answer(engine: Engine): Promise<TrialAnswer> {
  try {
    return { ...(await tryTraining(engine)), ...(await timeStep(engine)) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error), noDevice: error instanceof NoDevice };
  }
}

process.send!(await answer(process.argv[2] as Engine), () => process.exit());
