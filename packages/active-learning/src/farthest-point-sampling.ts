export interface FarthestPointOptions {
  /** How many images the features are of. */
  count: number;
  /** How many to choose. */
  choose: number;
  /** Images that are chosen already, at least one. */
  selected: readonly number[];
  /** Images to choose from. Default: all. */
  candidates?: readonly number[];
  /** Per image, added to its distance: `biasWeight * uncertainty` in the method. */
  bias?: ArrayLike<number>;
  /**
   * What to do when there are fewer candidates than images asked for. `'throw'` says so beforehand,
   * and chooses candidates that equal a chosen one last, at distance 0. `'reference'` searches as
   * the original code does, which gives every image that is chosen or no candidate the distance 0:
   * where nothing is farther, the first image of all is the farthest. It is taken, even if it is no
   * candidate, and the search ends when it has been taken already. Default: `'throw'`.
   */
  whenExhausted?: 'throw' | 'reference';
}

export interface FarthestPoints {
  /**
   * In the order of choice; the first k are the choice of k. With `'reference'` there may be fewer
   * than asked for.
   */
  indices: number[];
  /** Distance (with bias) of each to the images chosen before it. */
  distances: number[];
}

const valuesBetweenChecks = 256;

/**
 * Squared distance of two rows, or any number not below `limit` as soon as it is known to reach it.
 */
const squaredDistance = (features: Float32Array, a: number, b: number, dimensions: number, limit: number): number => {
  let squares = 0;
  for (let start = 0; start < dimensions && !(squares >= limit); start += valuesBetweenChecks) {
    const end = Math.min(start + valuesBetweenChecks, dimensions);
    for (let at = start; at < end; at++) {
      const difference = features[a + at] - features[b + at];
      squares += difference * difference;
    }
  }
  return squares;
};

/**
 * Chooses images one after the other, each time the one farthest from all that are chosen
 * (docs/method.md, section 5.5), of equally far ones the first:
 *
 *     argmax_b  min_{a chosen} |f_a - f_b|  +  bias_b
 *
 * Keeps one distance per candidate instead of a matrix of all pairs.
 *
 * @param features `[count, dimensions]`, flat
 * @throws Error if nothing is chosen yet, an index is not below `count`, or the candidates run out
 */
export function farthestPointSampling(
  features: Float32Array,
  { count, choose, selected, candidates, bias, whenExhausted = 'throw' }: FarthestPointOptions,
): FarthestPoints {
  const dimensions = features.length / count;
  if (!Number.isInteger(dimensions)) {
    throw new Error(`${features.length} feature values cannot be those of ${count} images.`);
  }
  if (selected.length === 0) throw new Error('Farthest-point sampling needs at least one image to start from.');
  for (const index of [...selected, ...(candidates ?? [])]) {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new Error(`There is no image ${index} among ${count}.`);
    }
  }

  const taken = new Set(selected);
  const all = Array.from({ length: count }, (_, index) => index);
  let open = [...new Set(candidates ?? all)].filter((index) => !taken.has(index)).sort((a, b) => a - b);
  if (open.length < choose && whenExhausted === 'throw') {
    throw new Error(`${choose} images were asked for, but only ${open.length} are left to choose from.`);
  }

  const nearest = new Float64Array(count).fill(Infinity);
  const approach = (chosen: number) => {
    for (const index of open) {
      const squares = squaredDistance(features, index * dimensions, chosen * dimensions, dimensions, nearest[index]);
      nearest[index] = Math.min(nearest[index], squares);
    }
  };
  taken.forEach(approach);
  const distanceOf = (index: number) => Math.sqrt(nearest[index]) + (bias?.[index] ?? 0);

  const indices: number[] = [];
  const distances: number[] = [];
  while (indices.length < choose) {
    let [farthest, largest] = [-1, -Infinity];
    for (const index of open) {
      const distance = distanceOf(index);
      if (Number.isNaN(distance)) {
        throw new Error(`The distance of image ${index} is NaN: its features or its bias hold NaN.`);
      }
      if (distance > largest) [farthest, largest] = [index, distance];
    }
    if (whenExhausted === 'reference' && !(largest > 0)) {
      const isOpen = new Set(open);
      farthest = all.find((index) => !isOpen.has(index) || distanceOf(index) === 0)!;
      largest = 0;
      if (taken.has(farthest)) break;
    }
    indices.push(farthest);
    distances.push(largest);
    taken.add(farthest);
    open = open.filter((index) => index !== farthest);
    approach(farthest);
  }
  return { indices, distances };
}
