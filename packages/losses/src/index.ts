export { berHuLoss, berHuThreshold, type BerHuOptions } from './ber-hu-loss.ts';
export { crossEntropy, type CrossEntropyOptions } from './cross-entropy.ts';
export { edgeAwareSmoothness } from './edge-aware-smoothness.ts';
export { meanNormalized } from './mean-normalized.ts';
export { monodepthLoss, type MonodepthInputs, type MonodepthLoss, type MonodepthOptions } from './monodepth-loss.ts';
export { photometricError, type PhotometricErrorOptions } from './photometric-error.ts';
export { pseudoLabelLoss } from './pseudo-label-loss.ts';
export { pseudoLabels, type PseudoLabelOptions, type PseudoLabels } from './pseudo-labels.ts';
export { ssimLoss } from './ssim-loss.ts';
