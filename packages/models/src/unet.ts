import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { aspp, type AsppOptions } from './aspp.ts';
import { joinSkip } from './layers/join-skip.ts';
import { reflectionPad } from './layers/reflection-pad.ts';
import { upsampleNearest } from './layers/upsample-nearest.ts';
import type { Connect, NetworkBuilder } from './network-builder.ts';

export interface UnetOptions {
  /** Channels of the encoder's maps f0 to f4. */
  encoderChannels: number[];
  /** Channels of levels 0 to 4. Default [16, 32, 64, 128, 256]. */
  channels?: number[];
  /**
   * Atrous spatial pyramid pooling as first block (Chen et al. 2017). Default null: an ordinary
   * block.
   */
  aspp?: AsppOptions | null;
  /** Batch normalisation in the blocks. Default false. */
  batchNorm?: boolean;
  /** Rate of the channel dropout in the blocks. Default 0. */
  dropout?: number;
  /**
   * Scales that have a disparity head: scale s, of 0 to 4, is 1/2^s of the image. Default [0, 1, 2,
   * 3].
   */
  scales?: number[];
  /**
   * Channels to which skip connections are projected; null: they are taken as they are. Default
   * null.
   */
  projectSkips?: number | null;
}

/** The levels of a U-Net whose parameters exist; applying a level puts it into the graph. */
export interface Unet {
  channels: number[];
  /** Level 4 to 0: from the level above (or f4) and the skip connection f(level − 1), if any. */
  level(level: number, x: SymbolicTensor, skip?: SymbolicTensor): SymbolicTensor;
  /** By scale. */
  disparityHeads: Map<number, Connect>;
}

function padded3x3(build: NetworkBuilder, key: string, inputChannels: number, filters: number): Connect {
  const convolution = build.convolution(key, { inputChannels, filters, kernelSize: 3, bias: true });
  return (x) => convolution(reflectionPad(x, { name: build.name(`${key}.pad`) }));
}

function convBlock(
  build: NetworkBuilder,
  options: { inputChannels: number; filters: number; batchNorm: boolean; dropout: number },
): Connect {
  const { inputChannels, filters, dropout } = options;
  const convolution = padded3x3(build, 'block.0.conv', inputChannels, filters);
  const norm = options.batchNorm ? build.batchNorm('block.1', filters) : (x: SymbolicTensor) => x;
  const elu = build.activation('block.elu', 'elu');
  const drop = build.dropout({
    ...{ name: 'block.dropout', rate: dropout, channels: filters },
    shape: (features) => [features[0][0], 1, 1, filters],
  });
  return (x) => drop(elu(norm(convolution(x))));
}

/** Scales of the disparity heads where none are given. */
export const DEFAULT_SCALES = [0, 1, 2, 3];

/** Index k of the first disparity head, that of scale 0, behind the parts of the five levels. */
const FIRST_HEAD = 14;

/** Whether a key of a U-Net's state dict belongs to one of its disparity heads. */
export const isDisparityHead = (key: string): boolean => Number(key.split('.')[1]) >= FIRST_HEAD;

/** Under which key the bias of a scale's disparity head is in the state dict. */
export const disparityBiasKey = (scale: number): string => `decoder.${FIRST_HEAD + scale}.conv.bias`;

/**
 * Creates the parameters of the U-Net under `decoder.<k>` (docs/method.md, section 2.3): k counts
 * through the parts of levels 4 to 0, then comes the disparity head of scale s at k = 14 + s.
 *
 * @throws if there are not five numbers of channels each, or `scales` holds something else than
 *   different integers of 0 to 4
 */
export function unet(root: NetworkBuilder, options: UnetOptions): Unet {
  const { encoderChannels, channels = [16, 32, 64, 128, 256], scales = DEFAULT_SCALES } = options;
  const { batchNorm = false, dropout = 0, projectSkips = null } = options;
  if (encoderChannels.length !== 5 || channels.length !== 5) {
    throw new Error(
      `depth decoder: encoderChannels and channels need 5 numbers each, got [${encoderChannels.join(', ')}] and [${channels.join(', ')}].`,
    );
  }
  const wrong = scales.find(
    (scale, i) => !Number.isInteger(scale) || scale < 0 || scale > 4 || scales.indexOf(scale) < i,
  );
  if (wrong !== undefined) {
    throw new Error(
      `depth decoder: scales [${scales.join(', ')}] must be different integers of 0 to 4; ${wrong} is not one.`,
    );
  }
  let k = 0;
  const next = () => root.within(`decoder.${k++}.`);
  const levels = [4, 3, 2, 1, 0].map((level) => {
    const inputChannels = level === 4 ? encoderChannels[4] : channels[level + 1];
    const filters = channels[level];
    const blockOptions = { filters, batchNorm, dropout };
    const build = next();
    const first =
      level === 4 && options.aspp
        ? aspp(build, { inputChannels, filters, options: options.aspp })
        : convBlock(build, { inputChannels, ...blockOptions });
    if (level === 0) {
      const secondBuild = next();
      const second = convBlock(secondBuild, { inputChannels: filters, ...blockOptions });
      return (x: SymbolicTensor) => second(upsampleNearest(first(x), { name: secondBuild.name('upsample') }));
    }
    const skipBuild = next();
    const skipChannels = encoderChannels[level - 1];
    const projectSkip =
      projectSkips === null ? (x: SymbolicTensor) => x : skipProjection(skipBuild, skipChannels, projectSkips);
    const second = convBlock(next(), { inputChannels: filters + (projectSkips ?? skipChannels), ...blockOptions });
    return (x: SymbolicTensor, skip?: SymbolicTensor) =>
      second(joinSkip([first(x), projectSkip(skip!)], { name: skipBuild.name('join') }));
  });
  const disparityHeads = new Map(
    scales.map((scale) => {
      const build = root.within(`decoder.${FIRST_HEAD + scale}.`);
      const convolution = padded3x3(build, 'conv', channels[scale], 1);
      const sigmoid = build.activation('sigmoid', 'sigmoid');
      return [scale, (x: SymbolicTensor) => sigmoid(convolution(x))];
    }),
  );
  return { channels, level: (level, x, skip) => levels[4 - level](x, skip), disparityHeads };
}

function skipProjection(build: NetworkBuilder, inputChannels: number, filters: number): Connect {
  const convolution = build.convolution('0', { inputChannels, filters, kernelSize: 1, bias: true });
  const norm = build.batchNorm('1', filters);
  const relu = build.activation('relu', 'relu');
  return (x) => relu(norm(convolution(x)));
}

/** Runs levels 4 down to `lowest` on the encoder's maps. */
export function runUnet(net: Unet, features: SymbolicTensor[], lowest = 0): Map<number, SymbolicTensor> {
  const outputs = new Map<number, SymbolicTensor>();
  let x = features[4];
  for (let level = 4; level >= lowest; level--) {
    x = net.level(level, x, features[level - 1]);
    outputs.set(level, x);
  }
  return outputs;
}
