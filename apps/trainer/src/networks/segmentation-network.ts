import { join } from 'node:path';
import { copyUnet, loadWeights, readSafetensors, saveWeights } from '@segsde/models';
import type { Config } from '../config/schema.ts';
import { seedFor } from '../data/draws.ts';
import { UserError } from '../files/user-error.ts';
import type { Encoder } from '../parts/encoder.ts';
import type { SegmentationDecoder } from '../parts/decoder.ts';
import type { SegmentationNetwork } from '../steps/segmentation-network.ts';
import { ownNoise } from './own-noise.ts';

export interface SegmentationNetworkParts extends SegmentationNetwork {
  encoder: Encoder;
  decoder: SegmentationDecoder;
}

export interface SegmentationNetworkOptions {
  model: Pick<Config['model'], 'encoder' | 'decoder' | 'segmentation'>;
  classes: number;
  /** The config's seed, from which the weights follow. */
  seed: number;
}

/** The config's encoder and segmentation decoder with random weights. */
export function segmentationNetwork({ model, classes, seed }: SegmentationNetworkOptions): SegmentationNetworkParts {
  const own = seedFor(seed, 'segmentation network');
  const encoder = model.encoder.build({ seed: own });
  const decoder = model.segmentation.build({
    ...{ encoderChannels: encoder.channels, classes, depthDecoder: model.decoder, seed: own },
  });
  return {
    encoder,
    decoder,
    segment: (image, mode) => decoder.apply(encoder.apply(image, ownNoise(encoder, mode)), ownNoise(decoder, mode)),
    variables: [...encoder.variables, ...decoder.variables],
    buffers: [...encoder.buffers, ...decoder.buffers],
  };
}

type Which = 'student' | 'teacher';

/** Leaves a network's weights in the folder of a segmentation. */
export async function saveSegmentation(
  { encoder, decoder }: SegmentationNetworkParts,
  { folder, which }: { folder: string; which: Which },
): Promise<void> {
  await saveWeights(encoder, join(folder, `${which}.encoder.safetensors`));
  await saveWeights(decoder, join(folder, `${which}.decoder.safetensors`));
}

/** Gives a network the weights that {@link saveSegmentation} left. */
export async function loadSegmentation(
  { encoder, decoder }: SegmentationNetworkParts,
  { folder, which }: { folder: string; which: Which },
): Promise<void> {
  await loadWeights(encoder, join(folder, `${which}.encoder.safetensors`));
  await loadWeights(decoder, join(folder, `${which}.decoder.safetensors`));
}

/**
 * Gives the encoder and the decoder's U-Net the weights that depth learning has left in `folder`
 * (docs/method.md, section 2.9).
 *
 * @throws UserError if the decoder has no such U-Net
 */
export async function startFromDepth(
  { encoder, decoder }: SegmentationNetworkParts,
  { folder, decoderName }: { folder: string; decoderName: string },
): Promise<void> {
  await loadWeights(encoder, join(folder, 'encoder.safetensors'));
  const source = join(folder, 'depth.safetensors');
  const { tensors } = await readSafetensors(source);
  try {
    copyUnet(tensors, decoder, { source });
  } catch (error) {
    throw new UserError(
      `model.segmentation "${decoderName}" cannot start from depth: ${(error as Error).message} Or train this variant with init: random.`,
    );
  }
}
