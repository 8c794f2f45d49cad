import type { Series } from './series.ts';

/**
 * Seconds: wall clock of any origin, and processor time of the whole process with all of its
 * threads.
 */
export interface Stamp {
  clock: number;
  cpu: number;
}

/** What a contestant tells about a few steps in a row and the rest after them. */
export interface Turn {
  /** Of each step. */
  seconds: number[];
  values: Series;
  start: Stamp;
  end: Stamp;
  /** After the rest, when its threads should have gone to sleep. */
  rested: Stamp;
}
