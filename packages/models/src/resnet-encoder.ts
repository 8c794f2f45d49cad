import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { featureShapes, type Encoder } from './encoder.ts';
import { maxPool } from './layers/max-pool.ts';
import { normalizeImage } from './layers/normalize-image.ts';
import { sum } from './layers/sum.ts';
import { buildNetwork, type NetworkBuilder } from './network-builder.ts';

export interface ResnetEncoderOptions {
  depth: 18 | 50 | 101;
  /** RGB images stacked on the channel axis; 2 for pose. Default 1. */
  inputImages?: number;
  /**
   * Stages 2 to 4 keep their resolution and dilate instead (`replace_stride_with_dilation`); not
   * for depth 18. Default none.
   */
  dilation?: [boolean, boolean, boolean];
  /** Channels of the stem, to which all others are in proportion. Default 64. */
  width?: number;
  seed: number;
}

const blocksOfDepth = { 18: [2, 2, 2, 2], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3] };

function residualBlock(
  build: NetworkBuilder,
  x: SymbolicTensor,
  shape: { bottleneck: boolean; inputChannels: number; width: number; stride: number; dilation: number },
): SymbolicTensor {
  const { bottleneck, inputChannels, width, stride, dilation } = shape;
  const outputChannels = bottleneck ? 4 * width : width;
  const convolution = (
    key: string,
    kernelSize: 1 | 3,
    from: number,
    to: number,
    { strides = 1, dilation = 1 } = {},
  ) => {
    const padding = kernelSize === 3 ? dilation : 0;
    const sizes = { inputChannels: from, filters: to, kernelSize, strides, padding, dilation };
    return build.convolution(key, { ...sizes, initialization: 'kaimingNormal' });
  };
  const relu = (i: number) => build.activation(`relu${i}`, 'relu');
  const norm = (i: number, channels: number) => build.batchNorm(`bn${i}`, channels);

  const branch = bottleneck
    ? [
        ...[convolution('conv1', 1, inputChannels, width), norm(1, width), relu(1)],
        ...[convolution('conv2', 3, width, width, { strides: stride, dilation }), norm(2, width), relu(2)],
        ...[convolution('conv3', 1, width, outputChannels), norm(3, outputChannels)],
      ]
    : [
        ...[convolution('conv1', 3, inputChannels, width, { strides: stride }), norm(1, width), relu(1)],
        ...[convolution('conv2', 3, width, width), norm(2, width)],
      ];
  const shortcut =
    stride !== 1 || inputChannels !== outputChannels
      ? [
          convolution('downsample.0', 1, inputChannels, outputChannels, { strides: stride }),
          build.batchNorm('downsample.1', outputChannels),
        ]
      : [];
  const through = (steps: ((y: SymbolicTensor) => SymbolicTensor)[]) => steps.reduce((y, step) => step(y), x);
  const joined = sum([through(branch), through(shortcut)], { name: build.name('sum') });
  return build.activation('relu', 'relu')(joined);
}

/** {@link resnetEncoder} whose initial values are drawn with `seedPrefix` before each key. */
export function seededResnetEncoder(options: ResnetEncoderOptions & { seedPrefix: string }): Encoder {
  const { depth, inputImages = 1, dilation = [false, false, false], width = 64, seed, seedPrefix } = options;
  const blocks = blocksOfDepth[depth];
  if (!blocks) throw new Error(`resnetEncoder: there is no ResNet-${depth} here; depth is 18, 50 or 101.`);
  const bottleneck = depth !== 18;
  if (!bottleneck && dilation.some(Boolean)) {
    throw new Error(
      `resnetEncoder: ResNet-${depth} cannot be dilated, only those with bottleneck blocks (50, 101). Leave dilation out or set depth.`,
    );
  }
  const expansion = bottleneck ? 4 : 1;
  const stageWidths = [1, 2, 4, 8].map((factor) => factor * width);
  const stageStrides = [1, ...dilation.map((dilated) => (dilated ? 1 : 2))];

  const network = buildNetwork(
    { name: `resnet${depth}`, inputChannels: [3 * inputImages], seed, seedPrefix },
    ([image], root) => {
      const build = root.within('encoder.');
      const stem = build.convolution('conv1', {
        ...{ inputChannels: 3 * inputImages, filters: width, kernelSize: 7, strides: 2, padding: 3 },
        initialization: 'kaimingNormal',
      });
      const stemNorm = build.batchNorm('bn1', width);
      const normalized = normalizeImage(image, { name: build.name('normalize') });
      const features = [build.activation('relu', 'relu')(stemNorm(stem(normalized)))];

      let x = maxPool(features[0], { name: build.name('maxpool') });
      let inputChannels = width;
      let rate = 1;
      stageWidths.forEach((stageWidth, stage) => {
        const rateBefore = rate;
        if (stage > 0 && dilation[stage - 1]) rate *= 2;
        for (let block = 0; block < blocks[stage]; block++) {
          const first = block === 0;
          x = residualBlock(build.within(`layer${stage + 1}.${block}.`), x, {
            ...{ bottleneck, inputChannels, width: stageWidth },
            stride: first ? stageStrides[stage] : 1,
            dilation: first ? rateBefore : rate,
          });
          inputChannels = expansion * stageWidth;
        }
        features.push(x);
      });
      return features;
    },
  );

  const channels = [width, ...stageWidths.map((stageWidth) => expansion * stageWidth)];
  // The stem and the pool behind it halve, and so does every stage that is not dilated.
  const strides = stageStrides.slice(1).reduce((all, stride) => [...all, all[all.length - 1] * stride], [2, 4]);
  return {
    ...network,
    channels,
    strides,
    apply: (image, applyOptions) => network.apply([image], applyOptions),
    featureShapes: (imageShape) => featureShapes({ channels, strides }, imageShape),
  };
}

/**
 * ResNet encoder (He et al. 2016, bottlenecks with the stride on the 3x3 convolution;
 * docs/method.md, section 2.1): feature maps f0 (stem) to f4 of images
 * `[batch, height, width, 3 * inputImages]` in 0..1, which it normalises itself.
 *
 * @throws if a network of basic blocks (18) is to be dilated
 */
export function resnetEncoder(options: ResnetEncoderOptions): Encoder {
  return seededResnetEncoder({ ...options, seedPrefix: '' });
}
