import { scalar, type Scalar } from '@tensorflow/tfjs-core';

/** The learning rate of each parameter group, times the schedule's factor, as tensors for a step. */
export function learningRates(rates: Record<string, number>, factor: number): Record<string, Scalar> {
  return Object.fromEntries(Object.entries(rates).map(([group, rate]) => [group, scalar(rate * factor)]));
}
