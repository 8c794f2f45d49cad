import {
  add,
  argMax,
  cast,
  equal,
  greaterEqual,
  max,
  mean,
  mul,
  scalar,
  tidy,
  type Scalar,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { stopGradient } from './stop-gradient.ts';

export interface PseudoLabelOptions {
  /** Probability from which a pixel counts as confident. Default 0.968. */
  threshold?: number;
  /**
   * `'batch'` weights every pixel by the share of confident pixels in the batch, as the reference
   * does: one hard image silences an easy one. `'pixel'` weights a confident pixel 1 and another 0.
   * Default `'batch'`.
   */
  confidence?: 'batch' | 'pixel';
  /** Label of pixels whose probabilities are all 0. Default 255. */
  ignoreIndex?: number;
}

export interface PseudoLabels {
  /** int32 `[batch, height, width]`. */
  labels: Tensor3D;
  /** Greatest probability, `[batch, height, width]`. */
  confidence: Tensor3D;
  /** A scalar for `confidence: 'batch'`, `[batch, height, width]` of 0 and 1 for `'pixel'`. */
  weight: Scalar | Tensor3D;
}

/**
 * What a teacher's probabilities say, as labels with weights. A pixel that knows nothing (all
 * probabilities 0) is ignored, yet counts in the share of confident pixels.
 *
 * @param probabilities `[batch, height, width, classes]`; no gradient flows to them
 */
export function pseudoLabels(
  probabilities: Tensor4D,
  { threshold = 0.968, confidence = 'batch', ignoreIndex = 255 }: PseudoLabelOptions = {},
): PseudoLabels {
  return tidy(() => {
    const constant = stopGradient(probabilities);
    const greatest = max<Tensor3D>(constant, -1);
    const unknown = cast(equal(greatest, 0), 'int32');
    const confident = cast(greaterEqual(greatest, threshold), 'float32') as Tensor3D;
    return {
      labels: add<Tensor3D>(argMax(constant, -1), mul(unknown, scalar(ignoreIndex, 'int32'))),
      confidence: greatest,
      weight: confidence === 'batch' ? mean<Scalar>(confident) : confident,
    };
  });
}
