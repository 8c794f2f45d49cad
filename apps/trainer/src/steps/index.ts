export { depthStep, type Cameras, type DepthBatch, type DepthStepOptions } from './depth-step.ts';
export type { DisparityNetwork } from './disparity-network.ts';
export type { DropoutNoise, Mode } from './dropout-noise.ts';
export type { Snippet } from './neighbour-poses.ts';
export type { PoseNetwork } from './pose-network.ts';
export type { SegmentationNetwork } from './segmentation-network.ts';
export {
  segsdeStep,
  type SegsdeBatch,
  type SegsdeNetworks,
  type SegsdeStepOptions,
  type UnlabelledBatch,
} from './segsde-step.ts';
export type { StepEngine } from './step-engine.ts';
export type { LabelledBatch, SupervisedBatch, SupervisedStepOptions } from './supervised-step.ts';
export { unitRange } from './unit-range.ts';
export { cameraTensors, floatTensor, imageTensor, labelTensor } from './tensors.ts';
