import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import glob from 'fast-glob';
import { cameraFinder } from './camera-finder.ts';
import { checkSameSize } from './check-same-size.ts';
import { cityscapesClasses } from './cityscapes-classes.ts';
import { DataError } from './data-error.ts';
import type { Dataset, LabelValues, LoadOptions, SampleFiles, Wanted } from './dataset.ts';
import { fitCamera } from './fit-camera.ts';
import { findEntry } from './find-entry.ts';
import { findSample } from './find-sample.ts';
import { listFolder } from './list-folder.ts';
import { didYouMean } from './did-you-mean.ts';
import { readCamera } from './read-camera.ts';
import { readDepth } from './read-depth.ts';
import { readImage, type Size } from './read-image.ts';
import { readImageSize } from './read-image-size.ts';
import { countLabel, type LabelSource, readLabel } from './read-label.ts';
import { disparityFile, readSampleDisparity } from './read-sample-disparity.ts';
import type { Intrinsics, Sample } from './sample.ts';

export interface CityscapesOptions {
  /** The folder that holds `leftImg8bit`. */
  root: string;
  /** `train`, `val`, ...: the folder below `leftImg8bit`, `gtFine`, `camera`. */
  split: string;
  /**
   * Names of the classes to learn, in the order of the trainIds they get; all other pixels are
   * ignored. Default: the 19 of the benchmark.
   */
  classes?: string[];
  /**
   * `annotated` (default) lists `leftImg8bit`; `video` lists every frame of `leftImg8bit_sequence`
   * whose neighbours exist, labelled or not.
   */
  frames?: 'annotated' | 'video';
  /**
   * Frame offsets that must exist for a frame to be listed as `video`. Default: the frame before
   * and the one after.
   */
  neighbours?: number[];
  /** Camera in pixels of the images as they are stored; used instead of the camera files. */
  intrinsics?: Intrinsics;
  /**
   * Size of the images that the camera files are for. Default: the stored size, or Cityscapes' 2048
   * x 1024 for images of that aspect, whichever the camera's centre fits better.
   */
  cameraSize?: [width: number, height: number];
  /** What to do with label ids that Cityscapes does not define (34 to 254). Default: `error`. */
  unknownIds?: 'error' | 'ignore';
}

type BenchmarkClass = (typeof cityscapesClasses)[number];

const suffix = '_leftImg8bit';
const extensions = ['.png', '.jpg', '.jpeg'];
const lastCityscapesId = 33;

const chooseClasses = (names: readonly string[] | undefined) => {
  const known = cityscapesClasses.map(({ name }) => name);
  for (const [position, name] of (names ?? []).entries()) {
    if (!known.includes(name)) throw new DataError(`classes: unknown class "${name}". ${didYouMean(name, known)}`);
    if (names!.indexOf(name) !== position) throw new DataError(`classes: "${name}" is named twice.`);
  }
  return (names ?? known).map((name) => cityscapesClasses[known.indexOf(name)]);
};

/**
 * What the numbers in label files mean: a position in `classes`, 255 = ignore, or -1 = must not
 * occur. `[256]` each
 */
const labelMeanings = (classes: readonly BenchmarkClass[], unknownIds: 'error' | 'ignore') => {
  const table = (classOf: (value: number) => BenchmarkClass | undefined, last: number) =>
    Int16Array.from({ length: 256 }, (_, value) => {
      if (value > last && value < 255) return unknownIds === 'error' ? -1 : 255;
      const known = classOf(value);
      const position = known ? classes.indexOf(known) : -1;
      return position < 0 ? 255 : position;
    });
  return {
    ids: table((value) => cityscapesClasses.find(({ id }) => id === value), lastCityscapesId),
    trainIds: table((value) => cityscapesClasses[value], cityscapesClasses.length - 1),
  };
};

/**
 * Frame `offset` steps away from `frame`, which is a path without suffix that ends in the frame
 * number.
 */
const otherFrame = (frame: string, offset: number): string | undefined => {
  const [, start, digits] = /^(.*_)(\d+)$/.exec(frame) ?? [];
  const number = Number(digits) + offset;
  return digits && number >= 0 ? start + String(number).padStart(digits.length, '0') : undefined;
};

/**
 * Cityscapes' folder layout (docs/method.md, section 6.1), with PNG or JPEG images of any size:
 *
 * leftImg8bit/<split>/<city>/<city>_<snippet>_<frame>_leftImg8bit.png      annotated frames
 * leftImg8bit_sequence/<split>/...                                         the same and its
 * neighbours in the video gtFine/<split>/.../*_gtFine_labelIds.png  (or *_gtFine_labelTrainIds.png)
 * camera/<split>/.../*_camera.json                                         of the frame, or of any
 * frame of its snippet depth/<split>/.../*_depth.png
 * true depth, 16 bit, centimetres, 0 = unknown
 *
 * Endings may be upper case. Only what is asked for needs to exist. Intrinsics come with the
 * neighbours, scaled from the size that the camera file is for to the loaded one.
 *
 * @throws DataError if the folder is missing or holds no images, or a class name is unknown
 */
export function cityscapes({
  root,
  split,
  classes: classNames,
  frames = 'annotated',
  neighbours: needed = [-1, 1],
  intrinsics: given,
  cameraSize,
  unknownIds = 'error',
}: CityscapesOptions): Dataset {
  const classes = chooseClasses(classNames);
  const meanings = labelMeanings(classes, unknownIds);

  const folder = join(root, frames === 'video' ? 'leftImg8bit_sequence' : 'leftImg8bit', split);
  listFolder(folder);
  const found = glob
    .sync(`**/*${suffix}{${extensions.join(',')}}`, { cwd: folder, caseSensitiveMatch: false })
    .filter((file) => file.slice(0, file.length - extname(file).length).endsWith(suffix));
  const imageOf = new Map(
    found.map((file) => [file.slice(0, file.lastIndexOf(suffix)).normalize(), join(folder, file)]),
  );
  const names = [...imageOf.keys()]
    .filter((name) => frames === 'annotated' || needed.every((offset) => imageOf.has(otherFrame(name, offset) ?? '')))
    .sort();
  if (names.length === 0) {
    const missing =
      found.length > 0
        ? `none of its ${found.length} frames has the neighbours ${needed.join(', ')}`
        : `it holds no *${suffix}.png or .jpg`;
    throw new DataError(`${folder}: ${missing}. Check the path, or choose another split.`);
  }
  const ids = names.map((name) => `${split}/${name}`);
  const find = (which: string | number) => names[findSample(`Cityscapes folder ${folder}`, ids, which)];

  const neighbourFile = (name: string, offset: number) => {
    const other = otherFrame(name, offset);
    if (other === undefined) {
      throw new DataError(
        `${split}/${name}: there is no frame ${offset} steps away; the name must end in a frame number that allows for it.`,
      );
    }
    if (frames === 'video' && imageOf.has(other)) return imageOf.get(other)!;
    const ownExtension = extname(imageOf.get(name)!);
    const place = join(root, 'leftImg8bit_sequence', split, other + suffix);
    for (const extension of [ownExtension, ...extensions, ...extensions.map((known) => known.toUpperCase())]) {
      const file = findEntry(place + extension);
      if (file !== undefined) return file;
    }
    const signed = offset > 0 ? `+${offset}` : offset;
    const wayOut =
      frames === 'video' && !needed.includes(offset)
        ? ` Only frames with the neighbours ${needed.join(', ')} were asked for: give the option "neighbours" the same offsets.`
        : '';
    throw new DataError(
      `${place + ownExtension}: no such file. It is the frame ${signed} of ${split}/${name}; depth training needs it.${wayOut}`,
    );
  };

  const cameraFile = cameraFinder(join(root, 'camera', split));

  const storedCamera = async (name: string, stored: Size): Promise<Intrinsics> => {
    if (!given) {
      const file = cameraFile(name);
      return fitCamera(await readCamera(file), { file, stored, cameraSize });
    }
    if (given.u0 < 0 || given.v0 < 0 || given.u0 >= stored.width || given.v0 >= stored.height) {
      throw new DataError(
        `Given intrinsics: the centre (${given.u0}, ${given.v0}) lies outside the ${stored.width}x${stored.height} image ` +
          `${imageOf.get(name)}. Intrinsics must be in pixels of the images as they are stored.`,
      );
    }
    return given;
  };

  const labelSource = (name: string): LabelSource => {
    const place = (kind: string) => join(root, 'gtFine', split, `${name}_gtFine_${kind}.png`);
    const ofIds = {
      file: findEntry(place('labelIds')),
      meaning: meanings.ids,
      range: 'Cityscapes ids go from 0 to 33',
    };
    const ofTrainIds = {
      file: findEntry(place('labelTrainIds')),
      meaning: meanings.trainIds,
      range: 'trainIds go from 0 to 18',
    };
    const {
      file = place('labelIds'),
      meaning,
      range,
    } = ofIds.file === undefined && ofTrainIds.file ? ofTrainIds : ofIds;
    return {
      file,
      meaning,
      allowed: `${range}, 255 is ignored. Correct the label, or set unknownIds to "ignore".`,
      advice: 'Take the image out of the labelled ones or add its label.',
    };
  };

  const depthFile = (name: string) => {
    const file = join(root, 'depth', split, `${name}_depth.png`);
    return findEntry(file) ?? file;
  };

  const files = (which: string | number, wanted: Wanted = {}): SampleFiles => {
    const name = find(which);
    const { label, neighbours = [], disparity, depth } = wanted;
    return {
      image: imageOf.get(name)!,
      ...(label && { label: labelSource(name).file }),
      ...(neighbours.length > 0 && { neighbours: neighbours.map((offset) => neighbourFile(name, offset)) }),
      ...(neighbours.length > 0 && !given && { camera: cameraFile(name) }),
      ...(disparity !== undefined && { disparity: disparityFile(disparity, `${split}/${name}`) }),
      ...(depth && { depth: depthFile(name) }),
    };
  };

  const load = async (which: string | number, options: LoadOptions): Promise<Sample> => {
    const size = { width: options.width, height: options.height };
    const name = find(which);
    const id = `${split}/${name}`;
    const { image: file, neighbours = [], depth } = files(which, options);
    const [{ image, stored }, ...others] = await Promise.all(
      [file, ...neighbours].map((path) => readImage(path, { size })),
    );
    const sample: Sample = { id, image };
    if (options.label) sample.label = await readLabel(labelSource(name), { size, image: stored });
    if (neighbours.length > 0) {
      others.forEach((other, at) => checkSameSize(neighbours[at], other.stored, { image: file, size: stored }));
      sample.neighbours = others.map((other) => other.image);
      const { fx, fy, u0, v0 } = await storedCamera(name, stored);
      const [x, y] = [size.width / stored.width, size.height / stored.height];
      sample.intrinsics = { fx: fx * x, fy: fy * y, u0: u0 * x, v0: v0 * y };
    }
    if (options.disparity !== undefined) sample.disparity = await readSampleDisparity(options.disparity, id, size);
    if (depth !== undefined) sample.depth = await readDepth(depth, size);
    return sample;
  };

  const hasLabel = (which: string | number) => existsSync(labelSource(find(which)).file);

  const labelValues = async (which: string | number): Promise<LabelValues> => {
    const name = find(which);
    return countLabel(labelSource(name), await readImageSize(imageOf.get(name)!));
  };

  const intrinsics = async (which: string | number): Promise<Intrinsics> => {
    const name = find(which);
    return storedCamera(name, await readImageSize(imageOf.get(name)!));
  };

  return {
    name: 'cityscapes',
    classes: classes.map(({ name, color }) => ({ name, color })),
    ids,
    load,
    hasLabel,
    files,
    labelValues,
    intrinsics,
  };
}
