export type { ApplyOptions, DropoutSite, Network } from './network.ts';
export { resnetEncoder, type ResnetEncoder, type ResnetEncoderOptions } from './resnet-encoder.ts';
export {
  depthDecoder,
  type AsppOptions,
  type DepthDecoderOptions,
  type DepthDecoderOutputs,
  type UnetOptions,
} from './depth-decoder.ts';
export { poseDecoder, type PoseDecoderOptions, type PoseDecoderOutputs } from './pose-decoder.ts';
export { poseNetwork, type Pose, type PoseNetwork, type PoseNetworkOptions } from './pose-network.ts';
export { jointSegmentationDecoder, type JointSegmentationDecoderOptions } from './joint-segmentation-decoder.ts';
export { drawDropoutNoise } from './draw-dropout-noise.ts';
export { copyWeights } from './copy-weights.ts';
export { loadWeights } from './load-weights.ts';
export { saveWeights } from './save-weights.ts';
export { loadStateDict, type LoadOptions } from './load-state-dict.ts';
export { toStateDict, type HasStateDict } from './to-state-dict.ts';
export type { KeyMatch } from './match-keys.ts';
export { decodeSafetensors, readSafetensors, type Safetensors } from './read-safetensors.ts';
export { encodeSafetensors, writeSafetensors } from './write-safetensors.ts';
export type { StoredTensor } from './stored-tensor.ts';
export { filterFromPytorch, filterToPytorch } from './pytorch-layout.ts';
