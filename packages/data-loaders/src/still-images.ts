import { DataError } from './data-error.ts';
import type { ClassInfo, Dataset, LoadOptions } from './dataset.ts';
import { findSample } from './find-sample.ts';
import { readImage } from './read-image.ts';
import { readLabel } from './read-label.ts';
import { readSampleDisparity } from './read-sample-disparity.ts';
import type { Sample } from './sample.ts';

export interface StillImage {
  id: string;
  image: string;
  /** Where the label is or should be; undefined where there is none. */
  label?: string;
}

export interface StillImagesOptions {
  name: string;
  /** What messages call the data set. */
  where: string;
  classes: ClassInfo[];
  images: StillImage[];
  /** See {@link readLabel}. */
  meaning: Int16Array;
  allowed: string;
}

/** A data set of single images, without video, cameras or true depth. */
export function stillImages({ name, where, classes, images, meaning, allowed }: StillImagesOptions): Dataset {
  const ids = images.map(({ id }) => id);
  const advice = 'Take the image out of the labelled ones or add its label.';

  const load = async (which: string | number, options: LoadOptions): Promise<Sample> => {
    const size = { width: options.width, height: options.height };
    const { id, image: file, label } = images[findSample(where, ids, which)];
    if (options.neighbours?.length) {
      throw new DataError(`${where} has no video neighbours. Learn depth on a data set with video.`);
    }
    if (options.depth) throw new DataError(`${where} has no true depth.`);
    const { image, stored } = await readImage(file, size);
    const sample: Sample = { id, image };
    if (options.label) {
      if (!label) throw new DataError(`${file}: the image has no label. ${advice}`);
      sample.label = await readLabel(label, { ...size, meaning, allowed, image: stored, advice });
    }
    if (options.disparity !== undefined) sample.disparity = await readSampleDisparity(options.disparity, id, size);
    return sample;
  };

  return { name, classes, ids, load };
}
