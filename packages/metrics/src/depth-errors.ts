export interface DepthErrorOptions {
  /**
   * Scale the prediction so that its median is the truth's, as depth from video is known up to
   * scale only. Default `true`.
   */
  medianScaling?: boolean;
  /** True depths up to this do not count; predictions are clamped to it. Default 1e-3. */
  minDepth?: number;
  /** True depths from this on do not count; predictions are clamped to it. Default 80. */
  maxDepth?: number;
}

/** All NaN if no true depth counts. */
export interface DepthErrors {
  absRel: number;
  sqRel: number;
  rmse: number;
  rmseLog: number;
  /** Share of the pixels whose depth is right up to a factor of 1.25. */
  a1: number;
  /** Share of the pixels whose depth is right up to a factor of 1.25². */
  a2: number;
  /** Share of the pixels whose depth is right up to a factor of 1.25³. */
  a3: number;
}

/**
 * The usual errors of depth maps (Eigen et al. 2014).
 *
 * @param prediction depths, positive
 * @param truth depths in any unit, pixel for pixel; what is not between `minDepth` and `maxDepth`
 *   is unknown
 * @throws if the lengths differ
 */
export function depthErrors(
  prediction: ArrayLike<number>,
  truth: ArrayLike<number>,
  { medianScaling = true, minDepth = 1e-3, maxDepth = 80 }: DepthErrorOptions = {},
): DepthErrors {
  if (prediction.length !== truth.length)
    throw new Error(
      `depthErrors: ${prediction.length} predicted but ${truth.length} true depths. Resize one to the other.`,
    );
  const known: number[] = [];
  for (let i = 0; i < truth.length; i++) if (truth[i] > minDepth && truth[i] < maxDepth) known.push(i);

  const real = Float64Array.from(known, (i) => truth[i]);
  const raw = Float64Array.from(known, (i) => prediction[i]);
  const scale = medianScaling ? median(real) / median(raw) : 1;
  const guess = raw.map((depth) => Math.min(Math.max(depth * scale, minDepth), maxDepth));

  const mean = (value: (guess: number, real: number) => number) =>
    guess.reduce((total, depth, i) => total + value(depth, real[i]), 0) / guess.length;
  const within = (factor: number) => mean((p, t) => (Math.max(p / t, t / p) < factor ? 1 : 0));
  return {
    absRel: mean((p, t) => Math.abs(p - t) / t),
    sqRel: mean((p, t) => (p - t) ** 2 / t),
    rmse: Math.sqrt(mean((p, t) => (p - t) ** 2)),
    rmseLog: Math.sqrt(mean((p, t) => (Math.log(p) - Math.log(t)) ** 2)),
    a1: within(1.25),
    a2: within(1.25 ** 2),
    a3: within(1.25 ** 3),
  };
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
