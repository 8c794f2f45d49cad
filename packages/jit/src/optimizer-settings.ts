import type { Optimizer } from '@tensorflow/tfjs-core';

/**
 * What an optimiser of TensorFlow.js keeps as plain numbers (learning rate, decay…), as text to
 * compare.
 */
export const optimizerSettings = (optimizer: Optimizer): string => JSON.stringify(optimizer.getConfig());
