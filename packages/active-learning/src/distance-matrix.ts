export interface DistanceOptions {
  /** How many images the features are of. */
  count: number;
  /** Added to the whole column of an image: makes it look farther from all others. */
  bias?: ArrayLike<number>;
}

/**
 * Euclidean distances between all images, `[count, count]`, row = from, column = to, the diagonal 0
 * (docs/method.md, section 5.4). For looking at; choosing with {@link farthestPointSampling} takes
 * a fraction of the time and no such matrix.
 *
 * @param features `[count, dimensions]`, flat
 */
export function distanceMatrix(features: ArrayLike<number>, { count, bias }: DistanceOptions): Float32Array {
  const dimensions = features.length / count;
  const distances = new Float32Array(count * count);
  for (let from = 0; from < count; from++) {
    for (let to = 0; to < count; to++) {
      if (from === to) continue;
      let squares = 0;
      for (let at = 0; at < dimensions; at++)
        squares += (features[from * dimensions + at] - features[to * dimensions + at]) ** 2;
      distances[from * count + to] = Math.sqrt(squares) + (bias?.[to] ?? 0);
    }
  }
  return distances;
}
