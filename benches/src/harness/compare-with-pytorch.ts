import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchResult } from './bench-result.ts';
import { compareSeries } from './compare-series.ts';
import { describeSummary } from './describe-summary.ts';
import type { Series } from './series.ts';
import { startContestant, type Contestant } from './start-contestant.ts';
import { summarizeTurns } from './summarize-turns.ts';
import { takeTurns } from './take-turns.ts';
import { torchVersion } from './torch-version.ts';

const CHECKED_STEPS = 5;
/** Relative. */
const TOLERANCE = 1e-3;
const ROUNDS = 10;
/** In a turn; the first one does not count. */
const STEPS = 6;
const LAYOUTS = ['NCHW', 'channels_last'];

/** Where the two implementations of a bench are. */
export interface Implementations {
  bench: string;
  /** A module that serves the work; it writes weights and batch to the safetensors file in its first argument, if there is one. */
  ours: URL;
  /** A script that serves the same work; its arguments are that file, NCHW or channels_last, and the number of threads. */
  peer: URL;
}

/**
 * Measures our implementation of some work beside PyTorch's, in one run.
 *
 * Each side is a process of its own that stays alive. First they take the same steps from the same start and must agree; only then they are timed, in turn.
 * For that our side starts anew, so that its memory is that of a training run and not of the check. PyTorch's needs nothing more for the check.
 *
 * @param options.say gets lines for people
 * @throws if the sides disagree, or PyTorch is missing
 */
export async function compareWithPytorch(
  { bench, ours, peer }: Implementations,
  { python, say }: { python: string | undefined; say: (line: string) => void },
): Promise<BenchResult> {
  const version = torchVersion(python);
  const threads = availableParallelism();
  const running: Contestant[] = [];
  const start = async (name: string, program: string, args: string[]) => {
    const contestant = await startContestant(name, program, args);
    running.push(contestant);
    return contestant;
  };
  const startOurs = (...args: string[]) => start('segsde', process.execPath, [fileURLToPath(ours), ...args]);
  const mustAgree = (name: string, values: Series, expected: Series) => {
    const { largest, differences } = compareSeries(values, expected, TOLERANCE);
    if (differences.length > 0) {
      throw new Error(
        [`segsde and ${name} do not do the same work, so there is no ratio:`, ...differences].join('\n  '),
      );
    }
    const errors = Object.entries(largest).map(([what, error]) => `${what} by ${error.toExponential(1)}`);
    say(`${CHECKED_STEPS} steps, relative difference from ${name}: ${errors.join(', ')}`);
  };

  try {
    const folder = await mkdtemp(join(tmpdir(), `segsde-${bench}-`));
    const peers: Contestant[] = [];
    let checked: Contestant;
    try {
      const beginning = join(folder, 'start.safetensors');
      checked = await startOurs(beginning);
      for (const layout of LAYOUTS) {
        // -B: no compiled files beside the sources.
        const args = ['-B', fileURLToPath(peer), beginning, layout, String(threads)];
        peers.push(await start(`PyTorch ${version} ${layout}`, python!, args));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }

    const values = await checked.ask<Series>(`check ${CHECKED_STEPS}`);
    await checked.stop();
    const expected: Series[] = [];
    for (const contestant of peers) expected.push(await contestant.ask<Series>(`check ${CHECKED_STEPS}`));
    peers.forEach(({ name }, i) => mustAgree(name, values, expected[i]));

    // The steps that are timed are compiled without the numbers that only the check wants, so what they give is compared as well.
    const timed = await startOurs();
    const contestants = [timed, ...peers];
    const [[warmUp]] = await takeTurns(contestants, { rounds: 1, steps: CHECKED_STEPS });
    const common = Object.fromEntries(Object.keys(warmUp.values).map((name) => [name, expected[0][name]]));
    mustAgree(`${peers[0].name}, as timed`, warmUp.values, common);

    say(`${ROUNDS} rounds of ${STEPS} steps each, ${threads} threads`);
    const summaries = (await takeTurns(contestants, { rounds: ROUNDS, steps: STEPS })).map(summarizeTurns);
    const memory: (number | null)[] = [];
    for (const contestant of contestants) {
      const { peakMb } = await contestant.ask<{ peakMb: number | null }>('memory');
      memory.push(peakMb && Math.round(peakMb));
    }
    summaries.forEach((summary, i) => say(describeSummary(contestants[i].name, summary, memory[i])));

    const [own, ...others] = summaries.map(({ medianSeconds }) => medianSeconds);
    const best = others.indexOf(Math.min(...others));
    const ms = (seconds: number) => Number((seconds * 1000).toFixed(1));
    return {
      bench,
      engine: 'onnx',
      ours: ms(own),
      peer: ms(others[best]),
      unit: 'ms',
      ratio: Number((own / others[best]).toFixed(3)),
      peer_name: peers[best].name,
      ours_rss_mb: memory[0],
      peer_rss_mb: memory[1 + best],
    };
  } finally {
    await Promise.all(running.map((contestant) => contestant.stop()));
  }
}
