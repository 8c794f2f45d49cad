const smallestDeviation = 1e-8;

/**
 * Brings every channel to mean 0 and standard deviation 1 over all images and cells (METHOD 5.4), so that channels count alike in a
 * distance. The deviation is the unbiased one; a channel that never changes becomes 0.
 *
 * @param features channels last: `[images, cells, channels]`, flat
 */
export function normalizeFeatures(features: ArrayLike<number>, channels: number): Float32Array {
  const perChannel = features.length / channels;
  if (!Number.isInteger(perChannel))
    throw new Error(`${features.length} feature values cannot be split into ${channels} channels.`);
  const sums = new Float64Array(channels);
  for (let at = 0; at < features.length; at++) sums[at % channels] += features[at];
  const mean = sums.map((sum) => sum / perChannel);
  const squares = new Float64Array(channels);
  for (let at = 0; at < features.length; at++) squares[at % channels] += (features[at] - mean[at % channels]) ** 2;
  const deviation = squares.map((sum) => Math.max(Math.sqrt(sum / Math.max(perChannel - 1, 1)), smallestDeviation));
  return Float32Array.from(features, (value, at) => (value - mean[at % channels]) / deviation[at % channels]);
}
