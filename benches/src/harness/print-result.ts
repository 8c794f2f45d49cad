import { benchOptions, type BenchOptions } from './bench-options.ts';

export interface Measuring extends Pick<BenchOptions, 'engine' | 'precision'> {
  /** Gets lines for people. */
  say: (line: string) => void;
}

/**
 * Runs a bench with the options of its command line (see {@link benchOptions}), prints its lines
 * for people unless it says `--json`, and its result as the last line, with the precision where it
 * is not float32. A bench that fails prints why, and the process ends with code 1.
 */
export async function printResult<Result>(
  bench: string,
  measure: (measuring: Measuring) => Promise<Result>,
): Promise<void> {
  try {
    const { json, ...options } = benchOptions(process.argv.slice(2));
    const result = await measure({ ...options, say: json ? () => undefined : console.log });
    const { precision } = options;
    console.log(JSON.stringify({ ...result, ...(precision !== 'float32' && { precision }) }));
  } catch (error) {
    console.error(`bench: ${bench}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
