import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Engine } from '@segsde/jit';
import type { TrialAnswer } from './try-training-child.ts';

/** Longer than any driver needs to compile a few kernels. */
const LIMIT = 120_000;

/** Whether an engine failed because the machine has no graphics card, which is no fault. */
export const lacksCard = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('finds no graphics card');

export type Trial = Extract<TrialAnswer, { first: number }>;

/**
 * Trains a few steps in a process of its own: a graphics driver can end the process that asks for it, and a library once loaded stays.
 *
 * @throws whatever went wrong there, or that the process ended without an answer
 */
export function tryInChild(engine: Engine): Promise<Trial> {
  const child = fork(
    fileURLToPath(new URL(`./try-training-child${import.meta.url.slice(-3)}`, import.meta.url)),
    [engine],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      timeout: LIMIT,
    },
  );
  return new Promise((resolve, reject) => {
    child.on('message', (answer: TrialAnswer) => {
      if ('error' in answer) reject(new Error(answer.error));
      else resolve(answer);
    });
    child.on('error', reject);
    // Comes after the message, if there is one.
    child.on('exit', (code, signal) => reject(new Error(`the process that tried it ended with ${signal ?? code}`)));
  });
}
