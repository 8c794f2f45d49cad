import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process that answers lines, see {@link serveWork}. */
export interface Contestant {
  name: string;
  ask<Answer>(command: string): Promise<Answer>;
  /** Lets the process end. */
  stop(): Promise<void>;
}

/**
 * Starts a contestant and waits until it is ready.
 *
 * @param env added to this process's environment
 * @throws (on this call or the next question) if it cannot be started, ends by itself (what it
 *   wrote to standard error is on the terminal then) or says why it fails
 */
export async function startContestant(
  name: string,
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Contestant> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const ended = new Promise<never>((_, reject) => {
    child.on('error', (error) => reject(new Error(`${name}: cannot start ${program}: ${error.message}`)));
    child.on('exit', (code, signal) =>
      reject(new Error(`${name} ended before its time (${signal ?? `code ${code}`})`)),
    );
  });
  ended.catch(() => undefined);
  // A question to a process that has ended: the answer's absence tells.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextAnswer = async () => {
    const { value, done } = await Promise.race([lines.next(), ended]);
    if (done) return ended;
    const answer = JSON.parse(value);
    if (typeof answer.error === 'string') throw new Error(`${name}: ${answer.error}`);
    return answer;
  };

  try {
    await nextAnswer();
  } catch (error) {
    child.stdin.end();
    throw error;
  }
  return {
    name,
    async ask(command) {
      child.stdin.write(`${command}\n`);
      return nextAnswer();
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}
