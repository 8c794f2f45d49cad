export { averagePool3x3 } from './average-pool-3x3.ts';
export { batchNorm } from './batch-norm.ts';
export { batchNormTraining } from './batch-norm-training.ts';
export { conv2d } from './conv2d.ts';
export { maxPool3x3Stride2 } from './max-pool-3x3-stride-2.ts';
export { reflectPad } from './reflect-pad.ts';
export { resizeBilinear } from './resize-bilinear.ts';
export { upsampleNearest2x } from './upsample-nearest-2x.ts';
