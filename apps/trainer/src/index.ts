export { defineAcquisition } from './parts/acquisition.ts';
export type { AcquisitionInputs, AcquisitionNeed } from './parts/acquisition.ts';
export { defineDataset } from './parts/dataset.ts';
export type { DatasetContext } from './parts/dataset.ts';
export { defineDecoder } from './parts/decoder.ts';
export type {
  DepthDecoder,
  DepthDecoderContext,
  SegmentationDecoder,
  SegmentationDecoderContext,
} from './parts/decoder.ts';
export type { Definition } from './parts/definition.ts';
export { defineEncoder } from './parts/encoder.ts';
export type { Encoder } from './parts/encoder.ts';
export { defineLoss } from './parts/loss.ts';
export type { ConsistencyLoss, DepthLoss, DepthLossContext, LabelLossContext, SegmentationLoss } from './parts/loss.ts';
export { defineMixing } from './parts/mixing.ts';
export type { MixingDraws, MixingInputs, MixingSize, Random } from './parts/mixing.ts';
export { defineOptimizer } from './parts/optimizer.ts';
export { defineSchedule } from './parts/schedule.ts';
export type { Schedule } from './parts/schedule.ts';
