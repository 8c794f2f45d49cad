import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorSpec } from './kernel.ts';

/** A shape and a type as TensorFlow.js's own functions on shapes want them. */
export const tensorInfo = ({ shape, dtype }: TensorSpec): TensorInfo => ({ dataId: {}, shape: [...shape], dtype });
