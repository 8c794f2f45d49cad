import { expect, test } from '@jest/globals';
import { smallerBatches } from './batch-sizes.ts';

test('half the batches are advised', () => {
  expect(smallerBatches({ 'train.batchSize': 8, 'train.unlabelledBatchSize': 5 })).toBe(
    'train.batchSize 8, train.unlabelledBatchSize 5. ' +
      'Half as many images take about half of it: --set train.batchSize=4 --set train.unlabelledBatchSize=2',
  );
});

test('a single image cannot be halved', () => {
  expect(smallerBatches({ 'depth.batchSize': 1 })).toMatch(/one image already: take smaller/);
});
