import { EngineError } from './engine-error.ts';
import { runProgram } from './run-program.ts';

/** Whether a program is there and ends well. */
export const answers = (program: string, args: string[], signal?: AbortSignal): Promise<boolean> =>
  runProgram(program, args, { signal }).then(
    () => true,
    (error) => {
      if (error instanceof EngineError) return false;
      throw error;
    },
  );
