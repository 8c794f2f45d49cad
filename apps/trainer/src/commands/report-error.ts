import { DataError } from '@segsde/data-loaders';
import { EngineError } from '@segsde/native-engines';
import pc from 'picocolors';
import { withAdvice } from '../engines/advice.ts';
import { UserError } from '../files/user-error.ts';
import { explainFileError } from '../files/write-atomically.ts';

// Only where somebody looks: picocolors by itself also colours the logs of CI services.
const { red } = pc.createColors(process.stderr.isTTY === true && process.env.NO_COLOR === undefined);

const oneLine = (message: string) => message.replace(/\s*\n\s*/g, ' ');

/** Prints one line for what the user can put right, and the stack of everything else. */
export function reportError(thrown: unknown): void {
  const error = withAdvice(explainFileError(thrown));
  if (error instanceof UserError || error instanceof DataError || error instanceof EngineError) {
    console.error(`${red('segsde:')} ${oneLine(error.message)}`);
    return;
  }
  console.error(error);
  console.error(`${red('segsde:')} this should not have happened. Please report it with the lines above.`);
}
