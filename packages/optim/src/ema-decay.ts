/**
 * How much of itself a moving average keeps in its k-th update, counted from 1: little at first, so
 * that it forgets where it started.
 *
 *   min(1 − 1 / (k + 1), max)          Tarvainen & Valpola 2017
 */
export const emaDecay = (iteration: number, max = 0.99): number => Math.min(1 - 1 / (iteration + 1), max);
