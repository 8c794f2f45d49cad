import { add } from '@tensorflow/tfjs-core';
import { defineLayer } from './define-layer.ts';

/** Sum of two tensors of the same shape. */
export const sum = defineLayer({ className: 'SegsdeSum', call: ([a, b]) => add(a, b) });
