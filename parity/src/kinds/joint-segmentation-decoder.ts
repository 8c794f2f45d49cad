import { jointSegmentationDecoder } from '@segsde/models';
import type { Adapter } from '../context.ts';
import { jointSegmentationOptions, type DepthArgs, type SegmentationArgs } from '../network-options.ts';
import { networkCase } from './network-case.ts';

/** The segmentation decoder's logits. */
export const jointSegmentationDecoderCase: Adapter = (context) => {
  const options = context.case.options as {
    depth_args: DepthArgs;
    segmentation_args: SegmentationArgs;
    num_classes: number;
  };
  const network = jointSegmentationDecoder({
    encoderChannels: context.case.inputs.map(({ shape }) => shape[1]),
    ...jointSegmentationOptions(options.depth_args, options.segmentation_args, options.num_classes),
    seed: 1,
  });
  return networkCase(context, {
    network,
    forward: (features, training) => ({ images: { semantics: network.apply(features, { training }) } }),
  });
};
