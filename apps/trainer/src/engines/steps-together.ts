import type { Engine } from '@segsde/jit';

/**
 * How many optimiser steps are handed over at once. `onnx-cuda` brings all weights to the card and back each time, which takes as long as a few steps; more of
 * them would keep more batches in memory, and Ctrl-C waiting.
 */
export const stepsTogether = (engine: Engine): number => (engine === 'onnx-cuda' ? 25 : 1);
