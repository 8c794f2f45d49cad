import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { matMul, mean, memory, ones, square, sub, tidy, train, variable } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { jit } from './jit.ts';

// A process of its own, because others' garbage would be measured as well: 10,000 training steps of
// less than a millisecond, then one line of JSON.
const weights = tidy(() => variable(ones([16, 4]))) as Variable & Tensor2D;
const optimizer = train.adam(0.01);
const step = jit(({ x, y }: { x: Tensor2D; y: Tensor2D }) => ({
  loss: optimizer.minimize(() => mean(square(sub(matMul(x, weights), y))) as Scalar, true, [weights])!,
}));
const batch = { x: ones([8, 16]) as Tensor2D, y: ones([8, 4]) as Tensor2D };

const counts = () => [memory().numTensors, memory().numDataBuffers, memory().numBytes];

/** The least resident memory, in MB, seen at ten moments of `calls` calls. */
async function run(calls: number): Promise<number> {
  let least = Infinity;
  for (let i = 1; i <= calls; i++) {
    const { loss } = await step(batch);
    loss.dispose();
    if (i % (calls / 10) !== 0) continue;
    globalThis.gc!();
    least = Math.min(least, process.memoryUsage.rss() / 2 ** 20);
  }
  return least;
}

await run(10);
const before = counts();
await run(4000);
const middle = await run(1000);
await run(4000);
const end = await run(1000);
console.log(JSON.stringify({ before, after: counts(), grownMb: end - middle }));
