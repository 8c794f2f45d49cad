const smallestDeviation = 1e-8;

/**
 * Brings every channel to mean 0 and standard deviation 1 over all images and cells
 * (docs/method.md, section 5.4), so that channels count alike in a distance. The deviation is the
 * unbiased one; a channel that never changes becomes 0.
 *
 * @param features channels last: `[images, cells, channels]`, flat
 */
export function normalizeFeatures(features: Float32Array, channels: number): Float32Array {
  const perChannel = features.length / channels;
  if (!Number.isInteger(perChannel)) {
    throw new Error(`${features.length} feature values cannot be split into ${channels} channels.`);
  }
  const mean = new Float64Array(channels);
  const scale = new Float64Array(channels);
  const normal = new Float32Array(features.length);
  for (let start = 0; start < features.length; start += channels) {
    for (let channel = 0; channel < channels; channel++) mean[channel] += features[start + channel];
  }
  for (let channel = 0; channel < channels; channel++) mean[channel] /= perChannel;
  for (let start = 0; start < features.length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const difference = features[start + channel] - mean[channel];
      scale[channel] += difference * difference;
    }
  }
  for (let channel = 0; channel < channels; channel++) {
    const deviation = Math.sqrt(scale[channel] / Math.max(perChannel - 1, 1));
    scale[channel] = 1 / Math.max(deviation, smallestDeviation);
  }
  for (let start = 0; start < features.length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      normal[start + channel] = (features[start + channel] - mean[channel]) * scale[channel];
    }
  }
  return normal;
}
