const BINS = 100;
const DENSE = 1.5;
const BACKGROUND_SHARE = 0.4;

/**
 * The range from which the reference's `depthhist` mode draws its threshold, from the histogram
 * (100 bins) of log(1 + disparity): below, the bin up to which more than 40 % of the pixels lie;
 * above, the nearest bin with a density over 1.5, the last bin aside.
 *
 * Unlike the reference both bounds are disparities, not logarithms; where no bin is dense the
 * largest disparity is the upper bound, and it is never below the lower one.
 *
 * @param disparity of one image
 */
export function depthHistogramRange(disparity: ArrayLike<number>): [lower: number, upper: number] {
  const logs = Float64Array.from(disparity, Math.log1p);
  const lowest = logs.reduce((a, b) => Math.min(a, b), Infinity);
  const highest = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!(highest > lowest)) return [Math.expm1(lowest), Math.expm1(lowest)];

  const width = (highest - lowest) / BINS;
  const counts = new Float64Array(BINS);
  for (const value of logs) counts[Math.min(Math.floor((value - lowest) / width), BINS - 1)]++;

  let upperBin = BINS - 2;
  while (upperBin >= 0 && counts[upperBin] / (logs.length * width) <= DENSE) upperBin--;
  const upper = upperBin < 0 ? highest : lowest + (upperBin + 1) * width;

  let lowerBin = 0;
  let below = counts[0];
  while (below / logs.length <= BACKGROUND_SHARE) below += counts[++lowerBin];
  const lower = lowest + lowerBin * width;

  return [Math.expm1(lower), Math.expm1(Math.max(lower, upper))];
}
