import type { Sample } from '@segsde/data-loaders';
import { cropSample, drawCrop, flipSample } from '@segsde/augmentation';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { Random } from '../parts/mixing.ts';

export interface FlipAndCrop {
  /** Share of samples that are mirrored. */
  flip: number;
  /** Height and width of the random crop; null: the whole image. */
  crop: readonly [number, number] | null;
}

/** A mirrored and cropped copy, as the draws of `random` decide (docs/method.md, section 6.4). */
export function flipAndCrop(sample: Sample, { flip, crop }: FlipAndCrop, random: Random): Sample {
  const uniform = () => uniformFloat64(random);
  const isMirrored = uniform() < flip;
  if (!crop) return isMirrored ? flipSample(sample) : sample;
  const [height, width] = crop;
  const place = drawCrop(uniform, sample.image, { height, width });
  if (!isMirrored) return cropSample(sample, place);
  // Cut out of the image as it is, where the place lies before mirroring: less to mirror.
  return flipSample(cropSample(sample, { ...place, left: sample.image.width - place.left - width }));
}
