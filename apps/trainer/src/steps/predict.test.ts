import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { predictDisparity } from './predict-disparity.ts';
import { predictFeatures } from './predict-features.ts';
import { predictLabels } from './predict-labels.ts';
import { predictLogits } from './predict-logits.ts';
import { stripes, tinyDisparityNetwork, tinySegmentationNetwork } from './tiny-networks.test.kit.ts';

test('labels are the classes of the largest logits, compiled as eagerly', async () => {
  const network = tinySegmentationNetwork();
  const image = stripes();
  const logits = await (await predictLogits(network, { engine: 'eager' })(image)).array();
  const best = logits.map((rows) => rows.map((row) => row.map((pixel) => pixel.indexOf(Math.max(...pixel)))));
  for (const engine of ['eager', 'onnx'] as const) {
    const labels = await predictLabels(network, { engine })(image);
    expect(labels.dtype).toBe('int32');
    expect(await labels.array()).toEqual(best);
  }
});

test('disparity has the size of the image, features an eighth of it', async () => {
  const network = tinyDisparityNetwork();
  const disparity = await predictDisparity(network, { engine: 'onnx' })(stripes());
  expect(disparity.shape).toEqual([2, 64, 64, 1]);
  const values = await disparity.data();
  expect(Math.min(...values)).toBeGreaterThan(0);
  expect(Math.max(...values)).toBeLessThan(1);
  expect((await predictFeatures(network, { engine: 'onnx' })(stripes())).shape).toEqual([2, 8, 8, 8]);
});
