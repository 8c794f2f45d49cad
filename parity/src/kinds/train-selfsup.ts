import { jit } from '@segsde/jit';
import { monodepthLossFused } from '@segsde/losses';
import { depthDecoder, poseDecoder, resnetEncoder } from '@segsde/models';
import { poseMatrix } from '@segsde/ops';
import { clipByGlobalNorm, globalNorm, valueAndGradients } from '@segsde/optim';
import { concat, dispose, keep, mul, reshape, slice, stack } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Adapter, Outputs } from '../context.ts';
import { differences, startValues } from '../differences.ts';
import { joinStateDicts, loadWeights, trainedVariables } from '../load-weights.ts';
import { depthDecoderOptions, resnetDepth } from '../network-options.ts';
import { createOptimizer, rateTensors } from '../optimizer.ts';
import { readGradients, readImages, readState } from '../read-tensors.ts';
import { rotationBlock } from '../reference-geometry.ts';
import { imageTensor, plainTensor } from '../tensors.ts';
import { trainOptions, type TrainOptions } from '../train-options.ts';

interface Batch {
  target: Tensor4D;
  targetPyramid: Record<string, Tensor4D>;
  sources: Tensor4D[];
  intrinsics: Tensor3D;
  inverseIntrinsics: Tensor3D;
  rates: Record<string, Scalar>;
}

function depthNetworks(options: TrainOptions) {
  const encoder = resnetEncoder({ depth: resnetDepth(options.backbone), dilation: options.dilation, seed: 1 });
  const poseEncoder = resnetEncoder({ depth: 18, inputImages: 2, seed: 2 });
  const pose = poseDecoder({ inputChannels: poseEncoder.channels[4], seed: 2 });
  const depth = depthDecoder({
    encoderChannels: encoder.channels,
    ...depthDecoderOptions(options.depthArgs, options.scales),
    seed: 1,
  });
  const networks = [encoder, poseEncoder, pose, depth];
  const training = true;
  return {
    disparities: (image: Tensor4D) =>
      depth.apply(encoder.apply(image, { training: !options.encoderBatchNormFrozen }), { training }).disparities,
    /** Motion between two images in temporal order: all that the pose decoder predicts. */
    motion: (first: Tensor4D, second: Tensor4D) =>
      pose.apply([poseEncoder.apply(concat([first, second], 3), { training })[4]], { training }),
    parts: {
      encoder: encoder.variables,
      pose_encoder: poseEncoder.variables,
      pose: pose.variables,
      depth: depth.variables,
    },
    stateDict: joinStateDicts({
      'models.encoder.': encoder.stateDict,
      'models.pose_encoder.': poseEncoder.stateDict,
      'models.pose.': pose.stateDict,
      'models.depth.': depth.stateDict,
    }),
    dispose: () => networks.forEach((network) => network.dispose()),
  };
}

/** Self-supervised depth steps: disparities, motions, the loss and its gradients. */
export const trainSelfsup: Adapter = async (context) => {
  const { params, buffers, case: item } = context;
  const options = trainOptions(item);
  const { prefix } = item.weights!;
  const networks = depthNetworks(options);
  loadWeights(networks.stateDict, [...params, ...buffers], { prefix });
  const optimizer = createOptimizer(networks.parts, options.optimizer, options.schedule);
  const neighbours = options.frames.slice(1);
  const scales = Array.from({ length: options.scales }, (_, scale) => scale);
  const firstSlot = (x: Tensor3D): Tensor2D => reshape(slice(x, [0, 0, 0], [-1, 1, 3]), [-1, 3]);

  const step = jit(
    ({ target, targetPyramid, sources, intrinsics, inverseIntrinsics, rates }: Batch) => {
      const images: Record<string, Tensor> = {};
      const plain: Record<string, Tensor> = {};
      const { grads } = valueAndGradients(trainedVariables(networks.stateDict, params), () => {
        const disparities = networks.disparities(target);
        scales.forEach((scale) => (images[`disp.${scale}`] = keep(disparities[scale])));
        const poses = neighbours.map((frame, i) => {
          const pair: [Tensor4D, Tensor4D] = frame < 0 ? [sources[i], target] : [target, sources[i]];
          const { axisAngle, translation } = networks.motion(...pair);
          plain[`axisangle.${frame}`] = keep(axisAngle);
          plain[`translation.${frame}`] = keep(translation);
          return poseMatrix(firstSlot(axisAngle), firstSlot(translation), { invert: frame < 0 });
        });
        const geometry = { target, targetPyramid, sources, intrinsics, inverseIntrinsics };
        const { total, perScale } = monodepthLossFused({ ...geometry, disparities, poses }, options.monodepth);
        plain.loss = keep(mul<Scalar>(total, options.monodepthWeight));
        plain.loss_per_scale = keep(stack(scales.map((scale) => perScale[scale])));
        return { monodepth: plain.loss as Scalar };
      });
      plain.grad_norm = globalNorm(grads);
      const clipped = options.clipNorm === undefined ? grads : clipByGlobalNorm(grads, options.clipNorm);
      optimizer.apply(clipped, rates);
      return { images, plain, grads: clipped };
    },
    { engine: context.engine, name: item.name },
  );

  const image = (name: string) => imageTensor(context.input(name));
  const matrix = (name: string) => rotationBlock(plainTensor(context.input(name)));
  const start = startValues(params, { prefix });
  const outputs: Outputs = {};
  for (let n = 1; n <= options.steps; n++) {
    const batch: Batch = {
      target: image('color.0.0'),
      targetPyramid: Object.fromEntries(scales.map((scale) => [scale, image(`color.0.${scale}`)])),
      sources: neighbours.map((frame) => image(`color.${frame}.0`)),
      intrinsics: matrix('K'),
      inverseIntrinsics: matrix('inv_K'),
      rates: rateTensors(optimizer.rates(n - 1)),
    };
    const result = await step(batch);
    const name = `step${n}`;
    for (const [key, values] of Object.entries(result.plain)) outputs[`${name}.${key}`] = await values.data();
    for (const [key, values] of Object.entries(result.images)) outputs[`${name}.${key}`] = await readImages(values);
    outputs[`${name}.grad`] = await readGradients(result.grads, networks.stateDict, params);
    outputs[`${name}.buffers`] = await readState(networks.stateDict, buffers);
    outputs[`${name}.params`] = await readState(networks.stateDict, params);
    outputs[`${name}.delta`] = differences(outputs[`${name}.params`] as ArrayLike<number>[], start);
    dispose([{ ...batch }, result]);
  }
  step.dispose();
  dispose(optimizer.state);
  networks.dispose();
  return outputs;
};
