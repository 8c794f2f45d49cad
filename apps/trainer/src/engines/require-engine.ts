import type { Engine } from '@segsde/jit';
import { EngineError, findEngine, nativeEngines } from '@segsde/native-engines';
import { UserError } from '../files/user-error.ts';

/** What is wrong with an engine that this user should have installed, in words; nothing of one that npm brings. */
export function engineProblem(engine: Engine): string | undefined {
  const name = nativeEngines.find((installable) => installable === engine);
  if (!name) return undefined;
  try {
    if (findEngine(name)) return undefined;
    return `engine "${name}" is not installed. Run \`segsde engine install ${name}\``;
  } catch (error) {
    if (error instanceof EngineError) return error.message;
    throw error;
  }
}

/** @throws UserError if a run cannot train on this engine here */
export function requireEngine(engine: Engine): void {
  const problem = engineProblem(engine);
  if (problem) throw new UserError(problem);
}
