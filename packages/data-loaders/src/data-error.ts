/**
 * Something is wrong with a file or folder that came from outside. The message is one line for the
 * person who owns the data: which file, what is wrong with it, what to do. Programs print
 * `error.message` without a stack trace.
 */
export class DataError extends Error {
  override readonly name = 'DataError';
}
