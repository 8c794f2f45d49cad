import type { Engine } from '@segsde/jit';
import { tryTraining } from './try-training.ts';

// A child process of try-in-child.ts: tries one engine, and answers.

export type TrialAnswer = Awaited<ReturnType<typeof tryTraining>> | { error: string };

const answer: TrialAnswer = await tryTraining(process.argv[2] as Engine).catch((error: unknown) => ({
  error: error instanceof Error ? error.message : String(error),
}));
process.send!(answer, () => process.exit());
