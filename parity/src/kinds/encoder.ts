import { resnetEncoder } from '@segsde/models';
import type { Adapter } from '../context.ts';
import { resnetDepth, type Dilation } from '../network-options.ts';
import { networkCase } from './network-case.ts';

/** The five feature maps of a ResNet. */
export const encoder: Adapter = (context) => {
  const options = context.case.options as {
    backbone: string;
    replace_stride_with_dilation?: Dilation;
    num_input_images?: number;
  };
  const network = resnetEncoder({
    depth: resnetDepth(options.backbone),
    inputImages: options.num_input_images ?? 1,
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
