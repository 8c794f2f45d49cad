import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import glob from 'fast-glob';
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
  /**
   * Size of the images that the camera files are for. Default: the stored size, or Cityscapes' 2048 x 1024 for images of that
   * aspect, whichever the camera's centre fits better.
   */
  cameraSize?: [width: number, height: number];
  /** What to do with label ids that Cityscapes does not define (34 to 254). Default: `error`. */
  unknownIds?: 'error' | 'ignore';
}

const suffix = '_leftImg8bit';
const extensions = ['.png', '.jpg', '.jpeg'];
const cameraSuffix = '_camera.json';
const lastCityscapesId = 33;

/** Name of a frame without its number: the same for all frames of a snippet. */
const snippetOf = (frame: string) => frame.normalize().replace(/\d+$/, '');

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
 * Cityscapes' folder layout (docs/method.md, section 6.1), with PNG or JPEG images of any size:
 *
 *     leftImg8bit/<split>/<city>/<city>_<snippet>_<frame>_leftImg8bit.png      annotated frames
 *     leftImg8bit_sequence/<split>/...                                         the same and its neighbours in the video
 *     gtFine/<split>/.../*_gtFine_labelIds.png  (or *_gtFine_labelTrainIds.png)
 *     camera/<split>/.../*_camera.json                                         of the frame, or of any frame of its snippet
 *     depth/<split>/.../*_depth.png                                            true depth, 16 bit, centimetres, 0 = unknown
 *
 * Endings may be upper case. Only what is asked for needs to exist. Intrinsics come with the neighbours, scaled from the size
 * that the camera file is for to the loaded one.
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
    const candidates = [...extensions, ...extensions.map((extension) => extension.toUpperCase())].map((extension) =>
      join(root, 'leftImg8bit_sequence', split, other + suffix + extension),
    );
    const [file] = candidates.map(findEntry).filter((candidate) => candidate !== undefined);
    if (file !== undefined) return file;
    const signed = offset > 0 ? `+${offset}` : offset;
    const wayOut =
      frames === 'video' && !needed.includes(offset)
        ? ` Only frames with the neighbours ${needed.join(', ')} were asked for: give the option "neighbours" the same offsets.`
        : '';
    throw new DataError(
      `${candidates[0]}: no such file. It is the frame ${signed} of ${split}/${name}; depth training needs it.${wayOut}`,
    );
  };

  const cameraFolders = new Map<string, Map<string, string>>();
  /** The first camera file of each snippet in a folder. */
  const camerasIn = (path: string) => {
    const known = cameraFolders.get(path);
    if (known) return known;
    const cameras = new Map<string, string>();
    const inFolder = existsSync(path) ? listFolder(path).filter((file) => file.endsWith(cameraSuffix)) : [];
    for (const file of inFolder.sort()) {
      const snippet = snippetOf(file.slice(0, -cameraSuffix.length));
      if (!cameras.has(snippet)) cameras.set(snippet, join(path, file));
    }
    cameraFolders.set(path, cameras);
    return cameras;
  };

  const cameraFile = (name: string) => {
    const exact = join(root, 'camera', split, name + cameraSuffix);
    const exactFound = findEntry(exact);
    if (exactFound !== undefined) return exactFound;
    const path = findEntry(dirname(exact));
    return (path && camerasIn(path).get(snippetOf(basename(name)))) ?? exact;
  };

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
    const [idFile, trainIdFile] = ['labelIds', 'labelTrainIds'].map((kind) =>
      join(root, 'gtFine', split, `${name}_gtFine_${kind}.png`),
    );
    const [ids, trainIds] = [findEntry(idFile), findEntry(trainIdFile)];
    const mapped = ids === undefined && trainIds !== undefined;
    const range = mapped ? 'trainIds go from 0 to 18' : 'Cityscapes ids go from 0 to 33';
    return {
      file: ids ?? trainIds ?? idFile,
      meaning: mapped ? fromTrainIds : fromIds,
      allowed: `${range}, 255 is ignored. Correct the label, or set unknownIds to "ignore".`,
      advice: 'Take the image out of the labelled ones or add its label.',
    };
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

  const depthFile = (name: string) => {
    const file = join(root, 'depth', split, `${name}_depth.png`);
    return findEntry(file) ?? file;
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
