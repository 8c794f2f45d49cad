import { jointSegmentationDecoder } from '@segsde/models';
import type { Adapter } from '../context.ts';
import { z } from 'zod';
import { depthArgs, jointSegmentationOptions, segmentationArgs } from '../network-options.ts';
import { caseOptions, readOptions } from '../read-options.ts';
import { networkCase } from './network-case.ts';

const schema = caseOptions({
  depth_args: depthArgs.prefault({}),
  segmentation_args: segmentationArgs.prefault({}),
  num_classes: z.number().int().positive(),
});

/** The segmentation decoder's logits. */
export const jointSegmentationDecoderCase: Adapter = (context) => {
  const options = readOptions(context.case, schema);
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
