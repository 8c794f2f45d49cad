import type { NativeEngine } from './folders.ts';

/** Something that the user can put right: what is missing or broken, and what to do about it. */
export class EngineError extends Error {
  override name = 'EngineError';
}

/**
 * An engine that is there and cannot be used as it is: `removeEngine` it, then `installEngine` it
 * again.
 */
export class BrokenEngine extends EngineError {
  override name = 'BrokenEngine';
  constructor(
    readonly engine: NativeEngine,
    /** What is wrong with it, in a sentence, without the remedy. */
    readonly fault: string,
  ) {
    super(`${fault} Remove it and install it again: removeEngine('${engine}'), installEngine('${engine}').`);
  }
}
