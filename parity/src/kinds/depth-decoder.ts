import { depthDecoder } from '@segsde/models';
import type { Adapter } from '../context.ts';
import { depthArgs, depthDecoderOptions } from '../network-options.ts';
import { caseOptions, readOptions } from '../read-options.ts';
import { networkCase } from './network-case.ts';

const schema = caseOptions({ depth_args: depthArgs.prefault({}) });

/** The U-Net's features and disparities. */
export const depthDecoderCase: Adapter = (context) => {
  const { depth_args } = readOptions(context.case, schema);
  const scales = context.case.outputs.filter(({ name }) => name.startsWith('eval.disp.')).length;
  const network = depthDecoder({
    encoderChannels: context.case.inputs.map(({ shape }) => shape[1]),
    ...depthDecoderOptions(depth_args, scales),
    seed: 1,
  });
  return networkCase(context, {
    network,
    forward: (features, training) => {
      const { disparities, features: levels } = network.apply(features, { training });
      const named = (name: string, tensors: object) =>
        Object.entries(tensors).map(([index, tensor]) => [`${name}.${index}`, tensor]);
      return { images: Object.fromEntries([...named('upconv', levels), ...named('disp', disparities)]) };
    },
  });
};
