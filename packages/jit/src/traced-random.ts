import { randomDrawError } from './random-draw-error.ts';
import { stackFrames } from './stack-frames.ts';

/**
 * `Math.random` for the time of a trace. TensorFlow.js's own random operations still get numbers,
 * since they may only initialise a variable: `onDraw` hears of them. Anybody else's call is an
 * error.
 */
export function tracedRandom(random: () => number, onDraw: (stack: string) => void): () => number {
  return () => {
    const stack = new Error().stack ?? '';
    if (stackFrames(stack).find(({ owner }) => owner !== 'jit')?.owner !== 'tensorflow') throw randomDrawError(stack);
    onDraw(stack);
    return random();
  };
}
