import { DataError } from '@segsde/data-loaders';
import pc from 'picocolors';
import { UserError } from '../run/user-error.ts';
import { explainFileError } from '../run/write-atomically.ts';

const oneLine = (message: string) => message.replace(/\s*\n\s*/g, ' ');

/** Prints one line for what the user can put right, and the stack of everything else. */
export function reportError(thrown: unknown): void {
  const error = explainFileError(thrown);
  if (error instanceof UserError || error instanceof DataError) {
    console.error(`${pc.red('segsde:')} ${oneLine(error.message)}`);
    return;
  }
  console.error(error);
  console.error(`${pc.red('segsde:')} this should not have happened. Please report it with the lines above.`);
}
