import type { Tensor, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * A place in a network where training drops values. Its noise is drawn outside and passed to
 * `apply`.
 */
export interface DropoutSite {
  name: string;
  /** Probability that a value is dropped. */
  rate: number;
  /** Shape of the noise for encoder features of the given shapes. */
  shape(featureShapes: number[][]): [number, number, number, number];
}

export interface ApplyOptions {
  /**
   * Normalise with the batch's statistics, update the running ones, and drop values. Default false.
   */
  training?: boolean;
  /**
   * For each of the network's {@link DropoutSite}s 0 (dropped) or 1 / (1 − rate), by name; see
   * `drawDropoutNoise`. Needed in training only.
   */
  dropoutNoise?: Record<string, Tensor>;
}

/** A network with its weights. `apply` is traceable: it draws nothing and reads no value. */
export interface Network<Outputs, Input = Tensor4D[]> {
  /**
   * The `tf.layers` model; its inputs are those of `apply`, then the noise of each dropout site.
   */
  model: LayersModel;
  apply(input: Input, options?: ApplyOptions): Outputs;
  /** Trainable parameters in the reference's order, those included that no output depends on. */
  variables: Variable[];
  /** Running statistics of batch normalisation. */
  buffers: Variable[];
  /** Parameters and buffers under the reference's state-dict names; filters are HWIO. */
  stateDict: Map<string, Variable>;
  dropoutSites: DropoutSite[];
  dispose(): void;
}
