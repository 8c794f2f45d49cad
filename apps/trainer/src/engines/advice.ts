import { type Engine, EngineNotInstalled, engines, NoDevice } from '@segsde/jit';
import { BrokenEngine, findEngine, type NativeEngine } from '@segsde/native-engines';
import { UserError } from '../files/user-error.ts';

// The packages say what is wrong with an engine; here is what a user of the command does about it.

/** What to do about an engine that is not there, or not whole. */
function remedy(name: NativeEngine): string {
  const install = `\`segsde engine install ${name}\``;
  return isInstalled(name) ? `Run \`segsde engine remove ${name}\` and ${install}.` : `Run ${install}.`;
}

/** Whether something of an engine is there, whole or not. */
export function isInstalled(name: NativeEngine): boolean {
  try {
    return findEngine(name) !== undefined;
  } catch (error) {
    if (error instanceof BrokenEngine) return true;
    throw error;
  }
}

/** Why a run cannot use an engine here, and what to do; undefined if nothing speaks against it. */
export function engineProblem(engine: Engine): string | undefined {
  const { unavailableBecause, installable } = engines[engine];
  const problem = unavailableBecause();
  return problem && (installable ? `${problem} ${remedy(installable)}` : problem);
}

/** @throws UserError if a run cannot train on this engine here */
export function requireEngine(engine: Engine): void {
  const problem = engineProblem(engine);
  if (problem) throw new UserError(problem);
}

/** An error of an engine as the user of the command is told it; others come back as they are. */
export function withAdvice(error: unknown): unknown {
  if (error instanceof NoDevice) return new UserError(error.message.replace(/^jit: /, ''), { cause: error });
  if (error instanceof BrokenEngine) return new UserError(`${error.fault} ${remedy(error.engine)}`, { cause: error });
  if (error instanceof EngineNotInstalled) {
    const problem = engineProblem(error.engine) ?? error.message.replace(/^jit: /, '');
    return new UserError(problem, { cause: error });
  }
  return error;
}
