import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { appendNumbers } from './append-numbers.ts';
import type { Series } from './series.ts';
import type { Stamp, Turn } from './turn.ts';
import type { Work } from './work.ts';

/**
 * The rest that ends a turn. ONNX Runtime's threads go on looking for work after a run, and so do
 * OpenMP's under PyTorch: on two cores they took 41 and 9 ms of processor time. Whoever came next
 * would find a core taken. Forbidding it would slow down one side or the other, so both rest until
 * it is over. Every turn reports the processor time of its rest and of the wait for the next turn,
 * and the bench prints both; in the wait it was none.
 */
const REST_MS = 300;

function stamp(): Stamp {
  const { user, system } = process.cpuUsage();
  return { clock: performance.now() / 1000, cpu: (user + system) / 1e6 };
}

async function check({ checkedStep }: Work, count: number): Promise<Series> {
  const values: Series = {};
  for (let i = 0; i < count; i++) appendNumbers(values, await checkedStep());
  return values;
}

async function turn({ step, series }: Work, count: number): Promise<Turn> {
  const seconds: number[] = [];
  const values: Series = {};
  const start = stamp();
  const together = series ? count : 1;
  for (let i = 0; i < count; i += together) {
    const before = performance.now();
    const numbers = series ? await series(count) : [await step()];
    const each = (performance.now() - before) / 1000 / together;
    seconds.push(...numbers.map(() => each));
    for (const some of numbers) appendNumbers(values, some);
  }
  const end = stamp();
  await setTimeout(REST_MS);
  return { seconds, values, start, end, rested: stamp() };
}

/**
 * Makes this process a contestant: it says that it is ready, then answers each line on standard
 * input with one line of JSON, until the input ends. `python/contestant.py` is the same in Python.
 * What fails is answered with `{ error }`.
 *
 * check COUNT    a `Series` of that many steps with all numbers steps COUNT    a `Turn` of that
 * many timed steps memory         the process's peak resident memory so far, `{ peakMb }`
 */
export async function serveWork(prepare: () => Promise<Work>): Promise<void> {
  const answer = async (value: () => unknown) => {
    let line: unknown;
    try {
      line = await value();
    } catch (error) {
      line = { error: (error as Error).message };
    }
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
  let work: Work;
  const commands: Record<string, (count: number) => unknown> = {
    check: (count) => check(work, count),
    steps: (count) => turn(work, count),
    memory: () => ({ peakMb: process.resourceUsage().maxRSS / 1024 }),
  };
  await answer(async () => {
    work = await prepare();
    return { ready: true };
  });
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, count] = line.split(' ');
    await answer(() => commands[command](Number(count)));
  }
}
