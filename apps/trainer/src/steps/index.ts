export { bytesToUnitRange } from './bytes-to-unit-range.ts';
export { consistencyGradients, type ConsistencyOptions } from './consistency-gradients.ts';
export { depthStep, type Cameras, type DepthBatch, type DepthStepOptions } from './depth-step.ts';
export type { DisparityNetwork } from './disparity-network.ts';
export {
  disparityRegressionStep,
  type DisparityRegressionBatch,
  type DisparityRegressionOptions,
} from './disparity-regression-step.ts';
export type { DropoutNoise, Mode } from './dropout-noise.ts';
export type { LabelledBatch } from './labelled-batch.ts';
export type { ConsistencyLoss, DepthLoss, SegmentationLoss } from './loss-functions.ts';
export { mixUnlabelled, type MixedImages, type MixUnlabelledOptions, type TeacherBatchNorm } from './mix-unlabelled.ts';
export type { MixingInputs, MixingMask } from './mixing-mask.ts';
export { photometricStep, type PhotometricBatch, type PhotometricOptions } from './photometric-step.ts';
export type { PoseNetwork } from './pose-network.ts';
export { predictDisparity } from './predict-disparity.ts';
export { predictFeatures } from './predict-features.ts';
export { predictLabels } from './predict-labels.ts';
export { predictLogits } from './predict-logits.ts';
export type { SegmentationNetwork } from './segmentation-network.ts';
export { segsdeStep, type SegsdeBatch, type SegsdeNetworks, type SegsdeStepOptions } from './segsde-step.ts';
export type { Snippet } from './snippet.ts';
export type { StepEngine } from './step-engine.ts';
export { supervisedGradients } from './supervised-gradients.ts';
export { supervisedStep, type SupervisedBatch, type SupervisedStepOptions } from './supervised-step.ts';
export { cameraTensors, floatTensor, imageTensor, labelTensor } from './tensors.ts';
export type { UnlabelledBatch } from './unlabelled-batch.ts';
