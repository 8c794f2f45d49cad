import { serialization, tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';

/**
 * A `tf.layers` initializer that hands out values computed beforehand, so that building a layer
 * draws nothing.
 */
export class GivenValues extends serialization.Serializable {
  static readonly className = 'SegsdeGivenValues';
  readonly #values: Float32Array;

  constructor(values: Float32Array) {
    super();
    this.#values = values;
  }

  apply(shape: Shape): Tensor {
    return tensor(this.#values, shape as number[]);
  }

  fromConfigUsesCustomObjects(): boolean {
    return false;
  }

  getConfig(): serialization.ConfigDict {
    return {};
  }
}
