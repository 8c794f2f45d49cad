import { relative } from 'node:path';
import { stackFrames } from './stack-frames.ts';

/**
 * Where the user's code is: ` at src/train.ts:12:5`, the innermost place outside of TensorFlow.js
 * and of this package; empty when the stack does not tell, as in a bundle of everything.
 *
 * @param stack of an error; default: of the caller
 */
export function userLine(stack: string | undefined = new Error().stack): string {
  const frame = stackFrames(stack ?? '').find(({ owner }) => owner === 'user');
  if (!frame) return '';
  const short = relative('', frame.file);
  return ` at ${short.startsWith('..') ? frame.file : short}:${frame.line}:${frame.column}`;
}
