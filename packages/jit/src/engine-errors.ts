import type { Engine } from './targets.ts';

// The engine's name is in each, so that a program can say what to do about it in its own words.

/** An engine computes on graphics cards, and finds none that it can use. */
export class NoDevice extends Error {
  override name = 'NoDevice';
  constructor(
    readonly engine: Engine,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An engine's native library is not there, or is not the one that is needed. */
export class EngineNotInstalled extends Error {
  override name = 'EngineNotInstalled';
  constructor(
    readonly engine: Engine,
    message: string,
  ) {
    super(message);
  }
}

/** What a function computes does not fit into the memory of the processor or the card. */
export class OutOfMemory extends Error {
  override name = 'OutOfMemory';
  constructor(
    readonly engine: Engine,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
