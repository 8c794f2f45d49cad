import { tidy, type Tensor4D } from '@tensorflow/tfjs-core';
import { layers as tfLayers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { runUnet, unet, type UnetOptions } from './unet.ts';
import { resizeTo } from './layers/resize-to.ts';
import { buildNetwork } from './network-builder.ts';
import type { Network } from './network.ts';

export interface JointSegmentationDecoderOptions extends UnetOptions {
  classes: number;
  /**
   * Layers whose features are classified: 0 to 4 are the encoder's maps, 5 to 9 the U-Net's levels
   * 4 to 0. Default [9].
   */
  layers?: number[];
  /** Channels to which each layer is projected. Default 64. */
  layerChannels?: number;
  /** Element dropout on the projected layers. Default 0. */
  layerDropout?: number;
  /** A 3x3 convolution with batch norm and ReLU before the classifier. Default true. */
  headInter?: boolean;
  /** Channels of that convolution. Default 64. */
  headInterChannels?: number;
  /** Element dropout behind that convolution. Default 0.1. */
  headDropout?: number;
  /** The head works at 1 / outputStride of the image's size; its scores are resized. Default 1. */
  outputStride?: number;
  /**
   * Also run levels of the U-Net that no head reads. They change no output, but in training the
   * running statistics of their batch norms then move as in the reference. Default false.
   */
  runUnusedLevels?: boolean;
  seed: number;
}

/**
 * Segmentation decoder with a U-Net of the depth decoder's shape, so that it can start from learnt
 * depth (docs/method.md, section 2.4). Returns logits `[batch, height, width, classes]` at the
 * image's size. The U-Net's disparity heads are parameters only.
 */
export function jointSegmentationDecoder(options: JointSegmentationDecoderOptions): Network<Tensor4D> {
  const { encoderChannels, classes, layers = [9], layerChannels = 64, layerDropout = 0, seed } = options;
  const { headInter = true, headInterChannels = 64, headDropout = 0.1, outputStride = 1 } = options;
  const wrong = layers.find((layer) => !Number.isInteger(layer) || layer < 0 || layer > 9);
  if (wrong !== undefined || layers.length === 0) {
    throw new Error(
      `jointSegmentationDecoder: layers holds ${wrong ?? 'nothing'}; give layers 0 to 4 (encoder) or 5 to 9 (decoder).`,
    );
  }

  const network = buildNetwork({ name: 'segmentation', inputChannels: encoderChannels, seed }, (features, build) => {
    const net = unet(build.within('unet_dec.'), options);
    const lowest = options.runUnusedLevels ? 0 : 9 - Math.max(...layers, 4);
    const levels = runUnet(net, features, lowest);
    // f0 is half the image.
    const toStride = (x: SymbolicTensor, stride: number, name: string) =>
      resizeTo([x, features[0]], { scale: 2 / stride, name });

    const projected = layers.map((layer) => {
      const source = layer < 5 ? features[layer] : levels.get(9 - layer)!;
      const inputChannels = layer < 5 ? encoderChannels[layer] : net.channels[9 - layer];
      const key = `project.seg${layer}`;
      const project = build.convolution(`${key}.0`, { inputChannels, filters: layerChannels, kernelSize: 1 });
      return toStride(project(source), outputStride, `${key}.resize`);
    });
    const joined =
      projected.length === 1
        ? projected[0]
        : (tfLayers.concatenate({ axis: 3, name: 'project.concat' }).apply(projected) as SymbolicTensor);
    const joinedChannels = layers.length * layerChannels;
    const dropout = (name: string, rate: number, channels: number) =>
      build.dropout({
        ...{ name, rate, channels },
        shape: ([[batch, height, width]]) => {
          const strided = (length: number) => Math.floor((2 * length) / outputStride);
          return [batch, strided(height), strided(width), channels];
        },
      });

    const head = [dropout('head.0', layerDropout, joinedChannels)];
    if (headInter) {
      const sizes = { inputChannels: joinedChannels, filters: headInterChannels, kernelSize: 3, padding: 1 };
      head.push(build.convolution('head.1', sizes), build.batchNorm('head.2', headInterChannels));
      head.push(build.activation('head.3', 'relu'), dropout('head.4', headDropout, headInterChannels));
    }
    const inputChannels = headInter ? headInterChannels : joinedChannels;
    head.push(
      build.convolution(headInter ? 'head.5' : 'head.2', {
        inputChannels,
        filters: classes,
        kernelSize: 1,
        bias: true,
      }),
    );
    const scores = head.reduce((x, layer) => layer(x), joined);
    const logits = outputStride === 1 ? scores : toStride(scores, 1, 'head.resize');
    const unused = [...levels].filter(([level]) => !layers.includes(9 - level)).map(([, output]) => output);
    return options.runUnusedLevels ? [logits, ...unused] : [logits];
  });
  return { ...network, apply: (features, applyOptions) => tidy(() => network.apply(features, applyOptions)[0]) };
}
