import { selectFrames, type SelectionMethod } from '@segsde/active-learning';
import { z } from 'zod';
import { type AcquisitionInputs, type AcquisitionNeed, defineAcquisition } from '../acquisition.ts';

const choose = (
  method: SelectionMethod,
  { size, count, chosen, seed, features, uncertainty, entropy }: AcquisitionInputs,
  biasWeight?: number,
) =>
  selectFrames({
    method,
    count: size,
    choose: count,
    labelled: chosen,
    seed,
    features: features?.data,
    uncertainty,
    entropy,
    biasWeight,
  });

const byMethod = (name: SelectionMethod, needs: AcquisitionNeed[]) =>
  defineAcquisition({ name, needs, choose: (inputs) => choose(name, inputs) });

export const acquisition = [
  byMethod('random', []),
  byMethod('diversity', ['features']),
  byMethod('uncertainty', ['uncertainty']),
  byMethod('entropy', ['entropy']),
  defineAcquisition({
    name: 'diversity+uncertainty',
    needs: ['features', 'uncertainty'],
    options: z.strictObject({
      biasWeight: z
        .number()
        .nonnegative()
        .default(1000)
        .describe('What an uncertainty of 1 is worth in feature distance'),
    }),
    choose: (inputs, { biasWeight }) => choose('diversity+uncertainty', inputs, biasWeight),
  }),
];
