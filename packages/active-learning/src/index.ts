export { clampedDepth } from './clamped-depth.ts';
export {
  disparityErrorMap,
  disparityUncertainty,
  type DisparityErrorOptions,
  type DisparityErrorType,
} from './disparity-error.ts';
export { distanceMatrix, type DistanceOptions } from './distance-matrix.ts';
export { farthestPointSampling, type FarthestPointOptions, type FarthestPoints } from './farthest-point-sampling.ts';
export { labelEntropy, pixelEntropy } from './label-entropy.ts';
export { legacyPermutation } from './legacy-permutation.ts';
export { normalizeFeatures } from './normalize-features.ts';
export { averagePoolFeatures, maxPoolFeatures, type FeatureMapShape } from './pool-features.ts';
export { selectByScore, type SelectByScoreOptions } from './select-by-score.ts';
export { selectFrames, selectionMethods, type SelectFramesOptions, type SelectionMethod } from './select-frames.ts';
export { stretchToUnitRange } from './stretch-to-unit-range.ts';
