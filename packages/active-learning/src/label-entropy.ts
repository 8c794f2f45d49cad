const smallestProbability = 1e-30;

/**
 * Entropy of the class distribution at each pixel, as a share of that of a uniform one
 * (docs/method.md, section 5.3):
 *
 *     -sum_c p_c log2(p_c + 1e-30) / log2(classes),   p = softmax(logits)
 *
 * @param logits channels last: `[pixels, classes]`, flat; logarithms of probabilities do as well
 */
export function pixelEntropy(logits: ArrayLike<number>, classes: number): Float32Array {
  const pixels = logits.length / classes;
  if (!Number.isInteger(pixels) || classes < 2) {
    throw new Error(`${logits.length} logits cannot be those of ${classes} classes at each pixel.`);
  }
  const entropy = new Float32Array(pixels);
  const weights = new Float64Array(classes);
  for (let pixel = 0; pixel < pixels; pixel++) {
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, logits[pixel * classes + c]);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += weights[c] = Math.exp(logits[pixel * classes + c] - largest);
    let bits = 0;
    for (let c = 0; c < classes; c++) bits -= (weights[c] / sum) * Math.log2(weights[c] / sum + smallestProbability);
    entropy[pixel] = bits / Math.log2(classes);
  }
  return entropy;
}

/** Mean of {@link pixelEntropy} over an image, 0..1. */
export function labelEntropy(logits: ArrayLike<number>, classes: number): number {
  const map = pixelEntropy(logits, classes);
  return map.reduce((sum, entropy) => sum + entropy, 0) / map.length;
}
