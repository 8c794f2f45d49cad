import { farthestPointSampling } from './farthest-point-sampling.ts';
import { legacyPermutation } from './legacy-permutation.ts';
import { selectByScore } from './select-by-score.ts';

export const selectionMethods = ['random', 'diversity', 'uncertainty', 'diversity+uncertainty', 'entropy'] as const;
export type SelectionMethod = (typeof selectionMethods)[number];

export interface SelectFramesOptions {
  method: SelectionMethod;
  /** How many images there are. */
  count: number;
  /** How many to choose now. */
  choose: number;
  /** Images that are labelled already. */
  labelled: readonly number[];
  seed: number;
  /** `[count, dimensions]`, flat: pooled, normalised teacher features. For diversity. */
  features?: Float32Array;
  /**
   * Per image, see {@link disparityUncertainty}; those of labelled images do not matter. For
   * uncertainty, once something is labelled.
   */
  uncertainty?: ArrayLike<number>;
  /**
   * What a uniform uncertainty of 1 is worth in feature distance. Default 1000 (docs/method.md,
   * section 5.4).
   */
  biasWeight?: number;
  /** Per image, see {@link labelEntropy}. For entropy, once something is labelled. */
  entropy?: ArrayLike<number>;
}

/**
 * One labelling step (docs/method.md, sections 5.5 and 5.6): the images to label next, most wanted
 * first.
 *
 * While nothing is labelled there is no model to be uncertain: the scores start with random images,
 * the diverse methods with the first image of the seeded permutation and the farthest ones from
 * there.
 *
 * @throws Error if fewer images are left than asked for, or what the method needs is not given
 */
export function selectFrames(options: SelectFramesOptions): number[] {
  const { method, count, choose, labelled, seed, biasWeight = 1000 } = options;
  const taken = new Set(labelled);
  if (choose > count - taken.size) {
    throw new Error(
      `${choose} more images were asked for, but of ${count} only ${count - taken.size} are not labelled yet.`,
    );
  }
  const required = <What extends 'features' | 'uncertainty' | 'entropy'>(what: What) => {
    const values = options[what];
    if (!values) throw new Error(`Method "${method}" needs ${what}.`);
    if (values.length % count !== 0) {
      throw new Error(`${values.length} values of ${what} cannot be those of ${count} images.`);
    }
    return values;
  };
  const first = labelled.length === 0;
  const permutation = legacyPermutation(count, seed).filter((index) => !taken.has(index));

  switch (method) {
    case 'random':
      return permutation.slice(0, choose);
    case 'uncertainty':
    case 'entropy':
      return first ? permutation.slice(0, choose) : selectByScore([required(method)], { choose, exclude: labelled });
    case 'diversity':
    case 'diversity+uncertainty': {
      const features = required('features');
      const bias =
        method === 'diversity' || first
          ? undefined
          : Float64Array.from(required('uncertainty'), (score) => biasWeight * score);
      if (choose === 0) return [];
      if (!first) return farthestPointSampling(features, { count, choose, selected: labelled, bias }).indices;
      const start = permutation[0];
      return [start, ...farthestPointSampling(features, { count, choose: choose - 1, selected: [start] }).indices];
    }
  }
}
