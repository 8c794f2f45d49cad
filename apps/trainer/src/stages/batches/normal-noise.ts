import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { Random } from '../../registry/definition.ts';

/** Standard normal draws (Box and Muller 1958). */
export function normalNoise(shape: number[], random: Random): Tensor {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)));
    values[i] = radius * Math.cos(2 * Math.PI * uniformFloat64(random));
  }
  return tensor(values, shape);
}
