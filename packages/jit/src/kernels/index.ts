import { elementwiseKernels } from './elementwise.ts';
import { dilatedGradients, imageKernels } from './images.ts';
import type { KernelTable } from './kernel.ts';
import { matrixKernels } from './matrices.ts';
import { poolingKernels } from './pooling.ts';
import { reductionKernels } from './reductions.ts';
import { shapeKernels } from './shapes.ts';
import { volumeKernels } from './volumes.ts';

/** Every kernel that the recorder understands, by its TensorFlow.js name. */
export const KERNELS: KernelTable = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...shapeKernels,
  ...matrixKernels,
  ...imageKernels,
  ...poolingKernels,
  ...volumeKernels,
  ...dilatedGradients,
};
