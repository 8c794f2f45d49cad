import { batchNormKernels } from './batch-norms.ts';
import { elementwiseKernels } from './elementwise.ts';
import { imageKernels } from './images.ts';
import { matrixKernels } from './matrices.ts';
import { reductionKernels } from './reductions.ts';
import { shapeKernels } from './shapes.ts';
import type { TensorflowKernelTable } from './tensorflow-kernel.ts';
import { volumeKernels } from './volumes.ts';

/** The TensorFlow form of every kernel that the recorder understands, by its TensorFlow.js name. */
export const TENSORFLOW_KERNELS: TensorflowKernelTable = {
  ...batchNormKernels,
  ...elementwiseKernels,
  ...reductionKernels,
  ...shapeKernels,
  ...matrixKernels,
  ...imageKernels,
  ...volumeKernels,
};
