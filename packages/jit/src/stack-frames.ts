import { fileURLToPath } from 'node:url';

/** A place in a stack trace, and whose code it is. */
export interface StackFrame {
  owner: 'jit' | 'tensorflow' | 'user';
  /** As a path of the system. */
  file: string;
  line: string;
  column: string;
}

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const PLACE = /(?:\(|at (?:async )?)((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*):(\d+):(\d+)\)?$/;

function ownerOf(file: string): StackFrame['owner'] {
  const isOwn = file.startsWith(PACKAGE) && /^(src|dist)[\\/]/.test(file.slice(PACKAGE.length));
  if (isOwn && !file.includes('.test.')) return 'jit';
  // The second form is what TensorFlow.js's source maps say.
  return /[\\/](@tensorflow|tfjs-(core|layers|backend-\w+)|tslib)[\\/]/.test(file) ? 'tensorflow' : 'user';
}

/** The places that a stack trace names, innermost first. */
export function stackFrames(stack: string): StackFrame[] {
  return stack.split('\n').flatMap((text) => {
    const [, where, line, column] = PLACE.exec(text) ?? [];
    if (where === undefined) return [];
    const file = where.startsWith('file:') ? fileURLToPath(where) : where;
    return [{ owner: ownerOf(file), file, line, column }];
  });
}
