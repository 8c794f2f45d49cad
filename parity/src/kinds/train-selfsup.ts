import { drawColorJitter } from '@segsde/augmentation';
import { monodepthLossFused } from '@segsde/losses';
import { depthDecoder, poseDecoder, resnetEncoder } from '@segsde/models';
import type { Optimizer } from '@segsde/optim';
import { depthStep, type DepthBatch, type DisparityNetwork, type PoseNetwork } from '@segsde/trainer/steps';
import { concat, dispose, mul, reshape, slice, split, stack, tensor3d, zeros } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Adapter, Outputs } from '../context.ts';
import { differences, startValues } from '../differences.ts';
import { freezeParameters, joinStateDicts, loadWeights } from '../load-weights.ts';
import { depthDecoderOptions } from '../network-options.ts';
import { createOptimizer, rateTensors } from '../optimizer.ts';
import { readGradients, readImages, readState } from '../read-tensors.ts';
import { recordedGradients, recorder, recordingOptimizer, type Recorder } from '../recorder.ts';
import { rotationBlock } from '../reference-geometry.ts';
import { imageTensor, plainTensor } from '../tensors.ts';
import { trainOptions, type TrainOptions } from '../train-options.ts';
import { unboundedNorm } from '../unbounded-norm.ts';

/** The networks of a depth case, which record what they say. */
function depthNetworks(options: TrainOptions, { record }: Pick<Recorder, 'record'>) {
  const encoder = resnetEncoder({ depth: options.backbone, dilation: options.dilation, seed: 1 });
  const poseEncoder = resnetEncoder({ depth: 18, inputImages: 2, seed: 2 });
  const pose = poseDecoder({ inputChannels: poseEncoder.channels[4], seed: 2 });
  const decoder = depthDecoder({
    encoderChannels: encoder.channels,
    ...depthDecoderOptions(options.depthArgs, options.scales),
    seed: 1,
  });
  const { neighbours } = options;
  const networks = [encoder, poseEncoder, pose, decoder];
  const firstSlot = (x: Tensor3D): Tensor2D => reshape(slice(x, [0, 0, 0], [-1, 1, 3]), [-1, 3]);
  const decode: (...args: Parameters<DisparityNetwork['features']>) => ReturnType<typeof decoder.apply> = (
    image,
    { training },
  ) => {
    const features = encoder.apply(image, { training: training && !options.encoderBatchNormFrozen });
    return decoder.apply(features, { training });
  };
  const depth: DisparityNetwork = {
    disparities(image, mode) {
      const { disparities } = decode(image, mode);
      for (const [scale, disparity] of Object.entries(disparities)) record(`disp.${scale}`, disparity);
      return disparities;
    },
    features: (image, mode) => decode(image, mode).features,
    variables: [...encoder.variables, ...decoder.variables],
  };
  const motion: PoseNetwork = {
    // The step shows all pairs as one batch; the original shows one neighbour after the other, each
    // normalised by itself.
    motion(earlier, later, { training }) {
      const found = neighbours.map((frame, i) => {
        const pair = [earlier, later].map((images) => split<Tensor4D>(images, neighbours.length)[i]);
        const { axisAngle, translation } = pose.apply([poseEncoder.apply(concat(pair, 3), { training })[4]], {
          training,
        });
        record(`axisangle.${frame}`, axisAngle);
        record(`translation.${frame}`, translation);
        return { axisAngle: firstSlot(axisAngle), translation: firstSlot(translation) };
      });
      return {
        axisAngle: concat(found.map(({ axisAngle }) => axisAngle)),
        translation: concat(found.map(({ translation }) => translation)),
      };
    },
    variables: [...poseEncoder.variables, ...pose.variables],
  };
  return {
    ...{ depth, motion },
    buffers: networks.flatMap((network) => network.buffers),
    parts: {
      encoder: encoder.variables,
      pose_encoder: poseEncoder.variables,
      pose: pose.variables,
      depth: decoder.variables,
    },
    stateDict: joinStateDicts({
      'models.encoder.': encoder.stateDict,
      'models.pose_encoder.': poseEncoder.stateDict,
      'models.pose.': pose.stateDict,
      'models.depth.': decoder.stateDict,
    }),
    dispose: () => networks.forEach((network) => network.dispose()),
  };
}

/** The trainer's depth steps: disparities, motions, the loss and its gradients. */
export const trainSelfsup: Adapter = async (context) => {
  const { params, buffers, engine, case: item } = context;
  const options = trainOptions(item);
  const { prefix } = item.weights!;
  const { neighbours } = options;
  const scales = Array.from({ length: options.scales }, (_, scale) => scale);
  const recorded = recorder();
  const networks = depthNetworks(options, recorded);
  loadWeights(networks.stateDict, [...params, ...buffers], { prefix });
  freezeParameters(networks.stateDict, params);

  const scheduled = createOptimizer(networks.parts, options.optimizer, options.schedule);
  const stepWith = (optimizer: Optimizer, clipNorm: number | null) =>
    depthStep(
      { ...networks, optimizer },
      {
        loss(inputs) {
          const loss = monodepthLossFused(inputs, options.monodepth);
          recorded.record('loss_per_scale', stack(scales.map((scale) => loss.perScale[scale])));
          return { ...loss, total: mul<Scalar>(loss.total, options.monodepthWeight) };
        },
        ...{ neighbours, clipNorm, engine },
      },
    );
  const step = stepWith(recordingOptimizer(scheduled, recorded), options.clipNorm);
  const norm = unboundedNorm<DepthBatch>((optimizer) => stepWith(optimizer, null), networks.buffers);

  const image = (name: string) => imageTensor(context.input(name));
  const matrix = (name: string) => rotationBlock(plainTensor(context.input(name)));
  const start = startValues(params, { prefix });
  const outputs: Outputs = {};
  for (let n = 1; n <= options.steps; n++) {
    const target = image('color.0.0');
    const [size, height, width] = target.shape;
    const batch: DepthBatch = {
      frames: { target, sources: neighbours.map((frame) => image(`color.${frame}.0`)) },
      targetPyramid: Object.fromEntries(scales.map((scale) => [scale, image(`color.0.${scale}`)])),
      intrinsics: matrix('K'),
      inverseIntrinsics: matrix('inv_K'),
      jitter: tensor3d(
        drawColorJitter(() => 0.5, { batch: size, probability: 0 }),
        [size, 7, 3],
      ),
      tieBreakNoise: zeros([neighbours.length, 1, 1, height, width]),
      dropoutNoise: {},
      learningRates: rateTensors(scheduled.rates(n - 1)),
    };
    const gradNorm = await norm.of(batch);
    const losses = await step(batch);

    const name = `step${n}`;
    outputs[`${name}.loss`] = await losses.photometric.data();
    outputs[`${name}.grad_norm`] = [gradNorm];
    for (const [key, value] of recorded.values) {
      const isImage = key.startsWith('disp.');
      if (isImage || /^(axisangle|translation|loss_per_scale)/.test(key)) {
        outputs[`${name}.${key}`] = isImage ? await readImages(value) : (await value.data()).slice();
      }
    }
    outputs[`${name}.grad`] = await readGradients(recordedGradients(recorded), networks.stateDict, params);
    outputs[`${name}.buffers`] = await readState(networks.stateDict, buffers);
    const after = await readState(networks.stateDict, params);
    outputs[`${name}.params`] = after;
    outputs[`${name}.delta`] = differences(after, start);
    const { frames, ...rest } = batch;
    dispose([losses, { ...frames }, { ...rest }]);
  }
  for (const { dispose } of [step, norm, recorded, networks]) await dispose();
  dispose(scheduled.state);
  return outputs;
};
