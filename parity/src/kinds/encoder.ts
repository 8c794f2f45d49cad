import { resnetEncoder } from '@segsde/models';
import type { Adapter } from '../context.ts';
import { z } from 'zod';
import { backbone, dilation } from '../network-options.ts';
import { caseOptions, readOptions } from '../read-options.ts';
import { networkCase } from './network-case.ts';

const schema = caseOptions({
  backbone,
  replace_stride_with_dilation: dilation,
  num_input_images: z.number().int().positive().default(1),
});

/** The five feature maps of a ResNet. */
export const encoder: Adapter = (context) => {
  const options = readOptions(context.case, schema);
  const network = resnetEncoder({
    depth: options.backbone,
    inputImages: options.num_input_images,
    dilation: options.replace_stride_with_dilation,
    seed: 1,
  });
  return networkCase(context, {
    network,
    forward: ([image], training) => {
      const features = network.apply(image, { training });
      return { images: Object.fromEntries(features.map((feature, i) => [`feature.${i}`, feature])) };
    },
  });
};
