import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Engine, engines, NoDevice } from '@segsde/jit';
import { UserError } from '../files/user-error.ts';
import { engineProblem, isInstalled } from './advice.ts';
import type { TrialAnswer } from './probe-child.ts';

/** `onnx` first: the others are compared with it. `eager` trains too slowly to be a choice. */
export const TRIED = ['onnx', 'onnx-webgpu', 'onnx-cuda', 'tensorflow'] as const satisfies readonly Engine[];

/**
 * An engine that was tried on this machine: how long a small training step takes, or why it cannot
 * be used.
 */
export type Finding =
  | { engine: Engine; milliseconds: number; first: number; last: number }
  | { engine: Engine; absent: string }
  | { engine: Engine; broken: string };

/**
 * Losses of the first two steps, the second of which has passed through all gradients, differ by
 * less than this part on right engines.
 */
const TOLERANCE = 1e-3;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * Trains a few steps on every engine that could work here, one after the other, `onnx` first. An
 * engine whose losses are not those of `onnx` counts as broken.
 *
 * @param onTry is told which engine comes next
 * @param attempt trains on one engine
 */
export async function compareEngines(
  onTry: (engine: Engine) => void,
  attempt: (engine: Engine) => Promise<Trial> = tryInChild,
): Promise<Finding[]> {
  let expected: number[] | undefined;
  const examine = async (engine: Engine): Promise<Finding> => {
    onTry(engine);
    try {
      const { losses, milliseconds, first, last } = await attempt(engine);
      expected ??= losses;
      const wrong = losses.findIndex((loss, i) => !(Math.abs(loss - expected![i]) <= TOLERANCE * expected![i]));
      if (wrong < 0) return { engine, milliseconds, first, last };
      const what = `its loss of step ${wrong + 1} is ${losses[wrong]}, others get ${expected[wrong]}. Do not train with it`;
      return { engine, broken: what };
    } catch (error) {
      if (error instanceof NoDevice) return { engine, absent: 'no graphics card found' };
      return { engine, broken: messageOf(error) };
    }
  };
  const findings: Finding[] = [];
  for (const engine of TRIED) {
    const problem = engineProblem(engine);
    const { installable } = engines[engine];
    if (problem === undefined) findings.push(await examine(engine));
    else if (installable && isInstalled(installable)) findings.push({ engine, broken: problem });
    else findings.push({ engine, absent: 'not installed' });
  }
  return findings;
}

/** @throws UserError if an engine is there and does not work */
export function complainOfBroken(findings: readonly Finding[]): void {
  const broken = findings.flatMap((finding) => ('broken' in finding ? [finding.engine] : []));
  if (broken.length > 0) throw new UserError(`broken: ${broken.join(', ')}; see above`);
}

/** Longer than any driver needs to compile a few kernels. */
const LIMIT = 120_000;

export type Trial = Extract<TrialAnswer, { first: number }>;

/**
 * Trains a few steps in a process of its own: a graphics driver can end the process that asks for
 * it, and a library once loaded stays.
 *
 * @throws whatever went wrong there, or that the process ended without an answer
 */
export function tryInChild(engine: Engine): Promise<Trial> {
  const child = fork(fileURLToPath(new URL(`./probe-child${import.meta.url.slice(-3)}`, import.meta.url)), [engine], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    timeout: LIMIT,
  });
  return new Promise((resolve, reject) => {
    child.on('message', (answer: TrialAnswer) => {
      if ('error' in answer) reject(answer.noDevice ? new NoDevice(engine, answer.error) : new Error(answer.error));
      else resolve(answer);
    });
    child.on('error', reject);
    // Comes after the message, if there is one.
    child.on('exit', (code, signal) => reject(new Error(`the process that tried it ended with ${signal ?? code}`)));
  });
}
