/**
 * Something that the user can put right. The command prints its message as one line and ends with
 * exit code 1.
 */
export class UserError extends Error {
  override name = 'UserError';
}
