import { spawn } from 'node:child_process';
import { EngineError } from './errors.ts';

/** Whether a program is there and ends well. */
export const answers = (program: string, args: string[], signal?: AbortSignal): Promise<boolean> =>
  runProgram(program, args, { signal }).then(
    () => true,
    (error) => {
      if (error instanceof EngineError) return false;
      throw error;
    },
  );

export interface RunOptions {
  cwd?: string;
  /** Ends the program. */
  signal?: AbortSignal;
  /** Milliseconds after which the program is ended. Default: never. */
  timeout?: number;
}

const LONGEST = 300;

/**
 * The lines in which a program says what went wrong; compilers say it long before their last line.
 */
function complaintOf(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => /\berror\b/i.test(line));
  const told = errors.length > 0 ? errors.slice(0, 2) : lines.slice(-2);
  return told.map((line) => (line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line)).join('; ');
}

/**
 * Runs a program to its end.
 *
 * @returns what it printed to its standard output
 * @throws EngineError with what it complained about, if it cannot be started, fails, or takes too
 *   long; the signal's reason if that is why it ended
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, signal, timeout }: RunOptions = {},
): Promise<string> {
  signal?.throwIfAborted();
  // What it prints is read by a program: pip colours even JSON where FORCE_COLOR is set, be it to
  // 0.
  const { FORCE_COLOR: _, ...env } = process.env;
  const child = spawn(program, args, { cwd, env, signal, timeout, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ending = await new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(`cannot be started (${error.message})`));
    child.on('close', (code, killer) => {
      if (code === 0) resolve(undefined);
      else resolve(killer ? `was ended by ${killer}` : `ended with code ${code}`);
    });
  });
  signal?.throwIfAborted();
  if (ending === undefined) return stdout;
  const complaint = complaintOf(stderr || stdout);
  throw new EngineError(`${[program, ...args].slice(0, 4).join(' ')} ${ending}${complaint && `: ${complaint}`}`);
}

/** What is run to fetch and build an engine, each by name or path. */
export interface Programs {
  /** Python 3 with pip. It only fetches; nothing of Python runs afterwards. */
  python: string;
  /** Tried in turn: the first that is there compiles the binding. */
  compilers: readonly string[];
  npm: string;
  /** The Node that loads the engine for a test. */
  node: string;
  /** Comes with NVIDIA's driver. */
  nvidiaSmi: string;
}

export const defaultPrograms: Programs = {
  python: 'python3',
  compilers: ['c++', 'g++', 'clang++'],
  npm: 'npm',
  node: process.execPath,
  nvidiaSmi: 'nvidia-smi',
};
