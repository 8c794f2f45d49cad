import type { Engine } from '@segsde/jit';

const STEPS = 25;
/** Numbers in the batches of these steps, which lie on the card side by side: 256 MiB as float32. */
const VALUES = 2 ** 26;

/**
 * How many optimiser steps are handed over at once. `onnx-cuda` brings all weights to the card and back each time, which takes as long as a few steps; more of
 * them would keep more batches in memory, and Ctrl-C waiting.
 *
 * @param valuesInBatch how many numbers a step's batch holds
 */
export const stepsTogether = (engine: Engine, valuesInBatch = 1): number =>
  engine === 'onnx-cuda' ? Math.max(1, Math.min(STEPS, Math.floor(VALUES / valuesInBatch))) : 1;
