import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import glob from 'fast-glob';
import { cityscapesClasses } from './cityscapes-classes.ts';
import { DataError } from './data-error.ts';
import type { Dataset, LoadOptions } from './dataset.ts';
import { findSample } from './find-sample.ts';
import { listFolder } from './list-folder.ts';
import { didYouMean } from './did-you-mean.ts';
import { readCamera } from './read-camera.ts';
import { readDepth } from './read-depth.ts';
import { readImage, type Size } from './read-image.ts';
import { readLabel } from './read-label.ts';
import { readSampleDisparity } from './read-sample-disparity.ts';
import type { Intrinsics, Sample } from './sample.ts';

export interface CityscapesOptions {
  /** The folder that holds `leftImg8bit`. */
  root: string;
  /** `train`, `val`, ...: the folder below `leftImg8bit`, `gtFine`, `camera`. */
  split: string;
  /** Names of the classes to learn, in the order of the trainIds they get; all other pixels are ignored. Default: the 19 of the benchmark. */
  classes?: string[];
  /**
   * `annotated` (default) lists `leftImg8bit`; `video` lists every frame of `leftImg8bit_sequence` whose neighbours exist, labelled or not.
   */
  frames?: 'annotated' | 'video';
  /** Frame offsets that must exist for a frame to be listed as `video`. Default: the frame before and the one after. */
  neighbours?: number[];
  /** Camera in pixels of the images as they are stored; used instead of the camera files. */
  intrinsics?: Intrinsics;
  /** What to do with label ids that Cityscapes does not define (34 to 254). Default: `error`. */
  unknownIds?: 'error' | 'ignore';
}

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

/** Frame `offset` steps away from `frame`, which is a path without suffix that ends in the frame number. */
const otherFrame = (frame: string, offset: number): string | undefined => {
  const [, start, digits] = /^(.*_)(\d+)$/.exec(frame) ?? [];
  const number = Number(digits) + offset;
  return digits && number >= 0 ? start + String(number).padStart(digits.length, '0') : undefined;
};

/**
 * Cityscapes' folder layout (METHOD 6.1), with PNG or JPEG images of any size:
 *
 *     leftImg8bit/<split>/<city>/<city>_<snippet>_<frame>_leftImg8bit.png      annotated frames
 *     leftImg8bit_sequence/<split>/...                                         the same and its neighbours in the video
 *     gtFine/<split>/.../*_gtFine_labelIds.png  (or *_gtFine_labelTrainIds.png)
 *     camera/<split>/.../*_camera.json                                         of the frame, or of any frame of its snippet
 *     depth/<split>/.../*_depth.png                                            true depth, 16 bit, centimetres, 0 = unknown
 *
 * Only what is asked for needs to exist. Intrinsics come with the neighbours, scaled from the stored size to the loaded one
 * (METHOD 9, D 1).
 *
 * @throws DataError if the folder is missing or holds no images, or a class name is unknown
 */
export function cityscapes({
  root,
  split,
  classes: classNames,
  frames = 'annotated',
  neighbours: needed = [-1, 1],
  intrinsics,
  unknownIds = 'error',
}: CityscapesOptions): Dataset {
  const classes = chooseClasses(classNames);
  const trainIdOf = (benchmarkClass: (typeof cityscapesClasses)[number] | undefined) => {
    const position = benchmarkClass ? classes.indexOf(benchmarkClass) : -1;
    return position < 0 ? 255 : position;
  };
  const unknown = unknownIds === 'error' ? -1 : 255;
  const fromIds = Int16Array.from({ length: 256 }, (_, id) =>
    id <= lastCityscapesId || id === 255 ? trainIdOf(cityscapesClasses.find((known) => known.id === id)) : unknown,
  );
  const fromTrainIds = Int16Array.from({ length: 256 }, (_, id) =>
    id < cityscapesClasses.length || id === 255 ? trainIdOf(cityscapesClasses[id]) : unknown,
  );

  const folder = join(root, frames === 'video' ? 'leftImg8bit_sequence' : 'leftImg8bit', split);
  listFolder(folder);
  const files = glob.sync(`**/*${suffix}{${extensions.join(',')}}`, { cwd: folder }).sort();
  const extensionOf = new Map(
    files.map((file) => [file.slice(0, file.lastIndexOf(suffix)), file.slice(file.lastIndexOf('.'))]),
  );
  const names = [...extensionOf.keys()].filter(
    (name) => frames === 'annotated' || needed.every((offset) => extensionOf.has(otherFrame(name, offset) ?? '')),
  );
  if (names.length === 0) {
    const missing =
      files.length > 0
        ? `none of its ${files.length} frames has the neighbours ${needed.join(', ')}`
        : `it holds no *${suffix}.png or .jpg`;
    throw new DataError(`${folder}: ${missing}. Check the path, or choose another split.`);
  }
  const ids = names.map((name) => `${split}/${name}`);

  const imageFile = (subfolder: string, name: string) => {
    const candidates = [extensionOf.get(name) ?? extensions[0], ...extensions].map((extension) =>
      join(root, subfolder, split, name + suffix + extension),
    );
    return candidates.find((file) => existsSync(file)) ?? candidates[0];
  };

  const neighbourFile = (name: string, offset: number) => {
    const other = otherFrame(name, offset);
    if (other) return imageFile('leftImg8bit_sequence', other);
    throw new DataError(
      `${split}/${name}: there is no frame ${offset} steps away; the name must end in a frame number that allows for it.`,
    );
  };

  const cameraFile = (name: string) => {
    const exact = join(root, 'camera', split, `${name}_camera.json`);
    if (existsSync(exact)) return exact;
    const snippet = basename(name).replace(/\d+$/, '');
    const inFolder = glob.sync(`${glob.escapePath(snippet)}*_camera.json`, { cwd: dirname(exact) }).sort();
    return inFolder.length > 0 ? join(dirname(exact), inFolder[0]) : exact;
  };

  const scaledCamera = async (name: string, stored: Size, { width, height }: Size): Promise<Intrinsics> => {
    const camera = intrinsics ?? (await readCamera(cameraFile(name)));
    if (camera.u0 >= stored.width || camera.v0 >= stored.height) {
      throw new DataError(
        `${intrinsics ? 'Given intrinsics' : `Camera file ${cameraFile(name)}`}: the centre (${camera.u0}, ${camera.v0}) lies outside the ` +
          `${stored.width}x${stored.height} image. Intrinsics must be in pixels of the images as they are stored.`,
      );
    }
    const [x, y] = [width / stored.width, height / stored.height];
    return { fx: camera.fx * x, fy: camera.fy * y, u0: camera.u0 * x, v0: camera.v0 * y };
  };

  const loadLabel = (name: string, image: Size, size: Size) => {
    const [idFile, trainIdFile] = ['labelIds', 'labelTrainIds'].map((kind) =>
      join(root, 'gtFine', split, `${name}_gtFine_${kind}.png`),
    );
    const mapped = !existsSync(idFile) && existsSync(trainIdFile);
    const range = mapped ? 'trainIds go from 0 to 18' : 'Cityscapes ids go from 0 to 33';
    return readLabel(mapped ? trainIdFile : idFile, {
      ...size,
      meaning: mapped ? fromTrainIds : fromIds,
      allowed: `${range}, 255 is ignored. Correct the label, or set unknownIds to "ignore".`,
      image,
      advice: 'Take the image out of the labelled ones or add its label.',
    });
  };

  const load = async (which: string | number, options: LoadOptions): Promise<Sample> => {
    const { width, height, neighbours = [] } = options;
    const size = { width, height };
    const id = ids[findSample(`Cityscapes folder ${folder}`, ids, which)];
    const name = id.slice(split.length + 1);
    const [{ image, stored }, ...others] = await Promise.all([
      readImage(join(folder, name + suffix + extensionOf.get(name)), size),
      ...neighbours.map((offset) =>
        readImage(
          neighbourFile(name, offset),
          size,
          `It is the frame ${offset > 0 ? `+${offset}` : offset} of ${id}; depth training needs it.`,
        ),
      ),
    ]);
    const sample: Sample = { id, image };
    if (options.label) sample.label = await loadLabel(name, stored, size);
    if (neighbours.length > 0) {
      sample.neighbours = others.map((other) => other.image);
      sample.intrinsics = await scaledCamera(name, stored, size);
    }
    if (options.disparity !== undefined) sample.disparity = await readSampleDisparity(options.disparity, id, size);
    if (options.depth) sample.depth = await readDepth(join(root, 'depth', split, `${name}_depth.png`), size);
    return sample;
  };

  return { name: 'cityscapes', classes: classes.map(({ name, color }) => ({ name, color })), ids, load };
}
