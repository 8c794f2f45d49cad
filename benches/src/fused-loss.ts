// The depth training step with monodepthLoss as the paper writes it, and with its fused form.
//
//     npm run bench -- fused-loss [--json] [--engine onnx|tensorflow]
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { monodepthLoss, monodepthLossFused } from '@segsde/losses';
import { depthWork } from './depth/depth-work.ts';
import { median } from './harness/median.ts';
import { printResult } from './harness/print-result.ts';

const ROUNDS = 10;
const STEPS = 4;
/**
 * How far the losses of the first steps may be apart, relatively: both compute in single precision.
 */
const TOLERANCE = 1e-4;

await printResult('fused-loss', async ({ engine, precision, say }) => {
  if (precision !== 'float32') throw new Error(`--precision ${precision}: the losses are compared in float32 only`);
  const contestants = [
    { name: 'plain', work: depthWork({ engine }, (inputs) => monodepthLoss(inputs)), times: [] as number[] },
    { name: 'fused', work: depthWork({ engine }, (inputs) => monodepthLossFused(inputs)), times: [] as number[] },
  ];
  for (let step = 0; step < 2; step++) {
    const losses: number[] = [];
    for (const { work } of contestants) losses.push((await work.step()).total);
    say(`step ${step + 1}: losses ${losses.join(' and ')}`);
    const [plain, fused] = losses;
    if (!(Math.abs(plain - fused) <= TOLERANCE * plain)) throw new Error(`the losses differ: ${plain} and ${fused}`);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { work, times } of round % 2 === 0 ? contestants : contestants.toReversed()) {
      for (let step = 0; step < STEPS; step++) {
        const start = performance.now();
        await work.step();
        // The first step of a turn finds the other's numbers in the caches.
        if (step > 0) times.push(performance.now() - start);
      }
    }
  }
  for (const { name, times } of contestants)
    say(`${name}: ${median(times).toFixed(1)} ms, fastest ${Math.min(...times).toFixed(1)} ms`);
  const [plain, fused] = contestants.map(({ times }) => Number(median(times).toFixed(1)));
  return { bench: 'fused-loss', engine, plain, fused, unit: 'ms', ratio: Number((fused / plain).toFixed(3)) };
});
