import { type Definition, definePart, type PartSpec } from './definition.ts';

/**
 * What an acquisition function may ask for beyond the frames' number. Only what is asked for is
 * computed.
 */
export type AcquisitionNeed = 'features' | 'uncertainty' | 'entropy';

export interface AcquisitionInputs {
  /** How many frames to add. */
  count: number;
  /** Number of frames to choose from; indices are positions in their sorted list. */
  size: number;
  /** Indices labelled so far, in the order of choice; empty in the first round. */
  chosen: readonly number[];
  /** The config's seed, for whatever is drawn at random. */
  seed: number;
  /** `size` rows of `length` pooled depth features. */
  features?: { data: Float32Array; length: number };
  /**
   * Per frame, by how much a student trained on the chosen frames misses the depth teacher; absent
   * in the first round.
   */
  uncertainty?: Float32Array;
  /**
   * Per frame, mean entropy of the segmentation trained on the chosen frames; absent in the first
   * round.
   */
  entropy?: Float32Array;
}

export interface AcquisitionPart {
  readonly needs: readonly AcquisitionNeed[];
  /** `count` new indices, most wanted first. */
  choose(inputs: AcquisitionInputs): number[];
}

/** An acquisition function for `selection.method`: plain arrays in, chosen indices out. */
export const defineAcquisition = <Options>(
  spec: PartSpec<Options> & {
    needs?: readonly AcquisitionNeed[];
    choose(inputs: AcquisitionInputs, options: Options): number[];
  },
): Definition<'acquisition function', AcquisitionPart> =>
  definePart('acquisition function', spec, (options: Options) => ({
    needs: spec.needs ?? [],
    choose: (inputs) => spec.choose(inputs, options),
  }));
