import { existsSync } from 'node:fs';
import { DataError } from './data-error.ts';
import type { ClassInfo, Dataset, LabelValues, LoadOptions, SampleFiles, Wanted } from './dataset.ts';
import { findSample } from './find-sample.ts';
import { readImage } from './read-image.ts';
import { readImageSize } from './read-image-size.ts';
import { countLabel, type LabelSource, readLabel } from './read-label.ts';
import { disparityFile, readSampleDisparity } from './read-sample-disparity.ts';
import type { Sample } from './sample.ts';

export interface StillImage {
  id: string;
  image: string;
  /** Where the label is or should be; undefined where there is none. */
  label?: string;
  /** Why there is none. */
  noLabel?: string;
}

export interface StillImagesOptions {
  name: string;
  /** What messages call the data set. */
  where: string;
  classes: ClassInfo[];
  images: StillImage[];
  /** See {@link LabelSource}. */
  meaning: Int16Array;
  allowed: string;
  /** See {@link LabelValues}. */
  valueAdvice?: string;
}

/** A data set of single images, without video, cameras or true depth. */
export function stillImages({
  name,
  where,
  classes,
  images,
  meaning,
  allowed,
  valueAdvice,
}: StillImagesOptions): Dataset {
  const ids = images.map(({ id }) => id);
  const find = (which: string | number) => images[findSample(where, ids, which)];
  const advice = 'Take the image out of the labelled ones or add its label.';

  const labelSource = ({ image, label: file, noLabel }: StillImage): LabelSource => {
    if (file === undefined) {
      throw new DataError(`${image}: the image has no label${noLabel ? `, ${noLabel}` : ''}. ${advice}`);
    }
    return { file, meaning, allowed, advice };
  };

  const files = (which: string | number, { label, neighbours, disparity, depth }: Wanted = {}): SampleFiles => {
    const still = find(which);
    if (neighbours?.length) {
      throw new DataError(`${where} has no video neighbours. Learn depth on a data set with video.`);
    }
    if (depth) throw new DataError(`${where} has no true depth.`);
    return {
      image: still.image,
      ...(label && { label: labelSource(still).file }),
      ...(disparity !== undefined && { disparity: disparityFile(disparity, still.id) }),
    };
  };

  const load = async (which: string | number, options: LoadOptions): Promise<Sample> => {
    const size = { width: options.width, height: options.height };
    const still = find(which);
    const { image, stored } = await readImage(files(which, options).image, { size });
    const sample: Sample = { id: still.id, image };
    if (options.label) sample.label = await readLabel(labelSource(still), { size, image: stored });
    if (options.disparity !== undefined) {
      sample.disparity = await readSampleDisparity(options.disparity, still.id, size);
    }
    return sample;
  };

  const labelValues = async (which: string | number): Promise<LabelValues> => {
    const still = find(which);
    const source = labelSource(still);
    return { ...(await countLabel(source, await readImageSize(still.image))), advice: valueAdvice };
  };

  const hasLabel = (which: string | number) => {
    const { label } = find(which);
    return label !== undefined && existsSync(label);
  };

  return { name, classes, ids, load, hasLabel, files, labelValues };
}
