import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareSeries } from './compare-series.ts';
import { describeSummary } from './describe-summary.ts';
import { ownContestant } from './own-contestant.ts';
import type { Measuring } from './print-result.ts';
import type { Series } from './series.ts';
import { startContestant, type Contestant } from './start-contestant.ts';
import { summarizeTurns } from './summarize-turns.ts';
import { takeTurns } from './take-turns.ts';

const CHECKED_STEPS = 5;
/** Relative. With bfloat16, whose numbers have 3 digits, only blunders are found. */
const TOLERANCE = { float32: 1e-3, bfloat16: 0.05 };
/** Where time is measured on a graphics card, products have 10 bits on both sides. */
const CARD_TOLERANCE = 0.01;
const onCard = process.env.SEGSDE_TORCH_DEVICE === 'cuda';
/** Has NVIDIA's libraries multiply float32 as it is. */
const EXACT = { NVIDIA_TF32_OVERRIDE: '0' };

export interface Comparable {
  /** Which of the works. */
  work: string;
  /** How often each side has its turn. */
  rounds: number;
  /** In a turn; the first one does not count. */
  steps: number;
}

/** Another implementation of the same work. */
export interface Peer {
  name: string;
  program: string;
  /** @param beginning the file with the start of the work */
  args(beginning: string): string[];
  /** It may lack something that the work needs: then it is left out, and a line says why. */
  optional: boolean;
}

/** What a side took. */
export interface Measured {
  name: string;
  /** Median of a step. */
  seconds: number;
  /** Peak resident memory. */
  peakMb: number | null;
}

/**
 * Measures our implementation of some work beside others, in one run.
 *
 * Each side is a process of its own that stays alive. First they take the same steps from the same
 * start and must agree; only then they are timed, in turn. For that our side starts anew, so that
 * its memory is that of a training run and not of the check. The others need nothing more for the
 * check.
 *
 * @returns our side, then the peers that could do the work
 * @throws if the sides disagree, or a peer that is not optional fails
 */
export async function compareWithPeers(
  { work, rounds, steps }: Comparable,
  peers: readonly Peer[],
  { engine, precision, say }: Measuring,
): Promise<Measured[]> {
  const running: Contestant[] = [];
  const start = async (name: string, program: string, args: string[], env?: NodeJS.ProcessEnv) => {
    const contestant = await startContestant(name, program, args, env);
    running.push(contestant);
    return contestant;
  };
  const startOurs = (args: string[], env?: NodeJS.ProcessEnv) =>
    start('segsde', process.execPath, [ownContestant, work, engine, precision, ...args], env);
  const mustAgree = (name: string, values: Series, expected: Series, tolerance = TOLERANCE[precision]) => {
    const { largest, differences } = compareSeries(values, expected, tolerance);
    if (differences.length > 0) {
      throw new Error(
        [`segsde and ${name} do not do the same work, so there is no ratio:`, ...differences].join('\n  '),
      );
    }
    const errors = Object.entries(largest).map(([what, error]) => `${what} by ${error.toExponential(1)}`);
    say(`relative difference from ${name}: ${errors.join(', ')}`);
  };

  try {
    const folder = await mkdtemp(join(tmpdir(), `segsde-${work}-`));
    const others: { contestant: Contestant; expected: Series }[] = [];
    let values: Series;
    try {
      const beginning = join(folder, 'start.safetensors');
      const checked = await startOurs([beginning], EXACT);
      values = await checked.ask<Series>(`check ${CHECKED_STEPS}`);
      await checked.stop();
      for (const { name, program, args, optional } of peers) {
        try {
          const contestant = await start(name, program, args(beginning));
          others.push({ contestant, expected: await contestant.ask<Series>(`check ${CHECKED_STEPS}`) });
        } catch (error) {
          if (!optional) throw error;
          say(`not compared: ${(error as Error).message}`);
        }
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    for (const { contestant, expected } of others) mustAgree(contestant.name, values, expected);

    // The steps that are timed are compiled without the numbers that only the check wants, so what
    // they give is compared as well.
    const timed = await startOurs([]);
    const contestants = [timed, ...others.map(({ contestant }) => contestant)];
    const [[warmUp]] = await takeTurns(contestants, { rounds: 1, steps });
    const common = Object.entries(warmUp.values).map(([name, { length }]) => [name, values[name].slice(0, length)]);
    const tolerance = Math.max(TOLERANCE[precision], onCard ? CARD_TOLERANCE : 0);
    mustAgree('itself, as checked', warmUp.values, Object.fromEntries(common), tolerance);

    say(`${rounds} rounds of ${steps} steps each, ${availableParallelism()} threads`);
    const summaries = (await takeTurns(contestants, { rounds, steps })).map(summarizeTurns);
    const measured: Measured[] = [];
    for (const [i, { name, ask }] of contestants.entries()) {
      const { peakMb } = await ask<{ peakMb: number | null }>('memory');
      say(describeSummary(name, summaries[i], peakMb && Math.round(peakMb)));
      measured.push({ name, seconds: summaries[i].medianSeconds, peakMb });
    }
    return measured;
  } finally {
    await Promise.all(running.map((contestant) => contestant.stop()));
  }
}
