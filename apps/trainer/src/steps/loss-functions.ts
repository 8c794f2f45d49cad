import type { Scalar, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { MonodepthInputs, MonodepthLoss } from '@segsde/losses';

/** Logits `[N,h,w,classes]` against trainIds `[N,H,W]`, 255 = ignore. */
export type SegmentationLoss = (logits: Tensor4D, labels: Tensor3D) => Scalar;

/** The student's logits against the teacher's mixed probabilities, both `[N,H,W,classes]`. */
export type ConsistencyLoss = (logits: Tensor4D, probabilities: Tensor4D) => Scalar;

/** Takes and returns what `monodepthLoss` of @segsde/losses takes and returns. */
export type DepthLoss = (inputs: MonodepthInputs) => MonodepthLoss;
