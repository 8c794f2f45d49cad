import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { dispose, scalar } from '@tensorflow/tfjs-core';
import { crossEntropy } from '@segsde/losses';
import type { Config } from '../config/schema.ts';
import { builtIn } from '../parts/built-in/built-in.ts';
import { bindPart, createRegistries } from '../parts/registries.ts';
import { supervisedStep } from '../steps/supervised-step.ts';
import { stripeLabels, stripes, tinySegmentationNetwork } from '../steps/tiny-networks.test.kit.ts';
import { createOptimizer } from './optimizer.ts';

/** Losses of 10 steps as a config of this precision has them taken. */
async function lossesIn(precision: Config['precision']): Promise<number[]> {
  const student = tinySegmentationNetwork();
  const sgd = bindPart(createRegistries(builtIn), 'optimizer', { name: 'sgd', momentum: 0.9, weightDecay: 0 });
  if (!sgd.success) throw new Error('sgd is not accepted');
  const groups = [{ name: 'all', variables: student.variables }];
  const { optimizer, mixedPrecision } = createOptimizer(sgd.part, groups, precision);
  const options = { loss: crossEntropy, clipNorm: 10, engine: 'tensorflow', mixedPrecision } as const;
  const step = supervisedStep({ student, optimizer }, options);
  const batch = {
    labelled: { image: stripes(), label: stripeLabels(), dropoutNoise: {} },
    learningRates: { all: scalar(0.02) },
  };
  const seen: number[] = [];
  for (let i = 0; i < 10; i++) {
    const losses = await step(batch);
    seen.push((await losses.supervised.data())[0]);
    dispose({ ...losses });
  }
  await step.dispose();
  return seen;
}

test('training in 16 bits takes nearly the course of float32, and another one', async () => {
  const whole = await lossesIn('float32');
  expect(whole[9]).toBeLessThan(0.9 * whole[0]);
  for (const precision of ['bfloat16', 'float16'] as const) {
    const half = await lossesIn(precision);
    expect(half).not.toEqual(whole);
    half.forEach((loss, i) => expect(Math.abs(loss - whole[i])).toBeLessThan(0.05 * whole[i]));
  }
});
