import type { Adapter } from './context.ts';
import { acquire } from './kinds/acquire.ts';
import { berhu } from './kinds/berhu.ts';
import { crossEntropyCase } from './kinds/cross-entropy.ts';
import { depthDecoderCase } from './kinds/depth-decoder.ts';
import { encoder } from './kinds/encoder.ts';
import { entropy } from './kinds/entropy.ts';
import { farthestPoint } from './kinds/farthest-point.ts';
import { geometry } from './kinds/geometry.ts';
import { jointSegmentationDecoderCase } from './kinds/joint-segmentation-decoder.ts';
import { metrics } from './kinds/metrics.ts';
import { mixing } from './kinds/mixing.ts';
import { monodepth } from './kinds/monodepth.ts';
import { photometric } from './kinds/photometric.ts';
import { poseDecoderCase } from './kinds/pose-decoder.ts';
import { pseudoLabel } from './kinds/pseudo-label.ts';

import { trainDepthmix } from './kinds/train-depthmix.ts';
import { trainSelfsup } from './kinds/train-selfsup.ts';
import { trainSupervised } from './kinds/train-supervised.ts';

/** How to compute a case, by its kind in the manifest. */
export const adapters: Record<string, Adapter> = {
  acquire,
  berhu,
  cross_entropy: crossEntropyCase,
  depth_decoder: depthDecoderCase,
  encoder,
  entropy,
  farthest_point: farthestPoint,
  geometry,
  joint_seg_decoder: jointSegmentationDecoderCase,
  metrics,
  mixing,
  monodepth,
  photometric,
  pose_decoder: poseDecoderCase,
  pseudo_label: pseudoLabel,
  train_depthmix: trainDepthmix,
  train_selfsup: trainSelfsup,
  train_supervised: trainSupervised,
};
