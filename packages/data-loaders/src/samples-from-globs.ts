import { extname, isAbsolute, parse, relative, resolve, sep } from 'node:path';
import { DataError } from './data-error.ts';
import type { ClassInfo, Dataset } from './dataset.ts';
import { type GlobFile, globFiles } from './glob-files.ts';
import { listFolder } from './list-folder.ts';
import { stillImages } from './still-images.ts';

export interface GlobClass extends ClassInfo {
  /**
   * The number that masks hold for the class, 0 to 255. Default: its position. 255 is "ignore"
   * unless a class has it.
   */
  value?: number;
}

export interface GlobOptions {
  /** The globs start here, unless they are absolute. */
  root: string;
  /**
   * For example `images/*\/*.{png,jpg}`; wildcards are `*`, `**`, `?`, `[...]` and `{...}`, endings
   * may be upper case.
   */
  images: string;
  /**
   * For example `labels/*\/*_mask.png`: 8-bit grey or palette PNGs of the classes' values. An image
   * and a label belong together if the wildcards stand for the same in both; an image without one
   * is unlabelled.
   */
  labels?: string;
  /** Position = trainId. */
  classes: GlobClass[];
  name?: string;
}

const imageEndings = ['.png', '.jpg', '.jpeg'];
const labelEndings = ['.png'];
const ignore = 255;

const byKey = (files: readonly GlobFile[], pattern: string) => {
  const found = new Map<string, string>();
  for (const { file, parts } of files) {
    const key = parts.join('/');
    const other = found.get(key);
    if (other !== undefined) {
      throw new DataError(
        `${file} and ${other} cannot be told apart by the wildcards of ${pattern}. Write * where they differ.`,
      );
    }
    found.set(key, file);
  }
  return found;
};

/**
 * A file's path from a root, or without one if it lies elsewhere, with slashes, composed accents
 * and no ending.
 */
const nameBelow = (root: string, file: string): string => {
  const below = relative(resolve(root), file);
  const outside = below.startsWith('..') || isAbsolute(below);
  const path = outside ? file.slice(parse(file).root.length) : below;
  return path
    .slice(0, path.length - extname(path).length)
    .split(sep)
    .join('/')
    .normalize();
};

/** TrainId by the number in the mask. */
const meaningOf = (classes: readonly GlobClass[]): Int16Array => {
  const meaning = new Int16Array(256).fill(-1);
  classes.forEach(({ name, value: given }, position) => {
    const value = given ?? position;
    if (!Number.isInteger(value) || value < 0 || value > 255) {
      throw new DataError(`classes: the value of "${name}" must be a whole number from 0 to 255, not ${value}.`);
    }
    if (meaning[value] >= 0) {
      throw new DataError(
        `classes: "${classes[meaning[value]].name}" and "${name}" both have the value ${value} (a class without "value" has its position).`,
      );
    }
    meaning[value] = position;
  });
  if (meaning[ignore] < 0) meaning[ignore] = ignore;
  return meaning;
};

/**
 * Images of one's own, and their labels where there are any, given by globs. Ids are the images'
 * paths without ending, from the root where they lie below it.
 *
 * @throws DataError if the folder is missing, nothing matches, two files match alike, no label
 *   belongs to any image, or two classes have the same value
 */
export function samplesFromGlobs({ root, images, labels, classes, name = 'images' }: GlobOptions): Dataset {
  const meaning = meaningOf(classes);
  listFolder(root);
  const imageFiles = byKey(globFiles(root, { pattern: images, endings: imageEndings, role: 'images' }), images);
  const labelFiles =
    labels === undefined
      ? new Map<string, string>()
      : byKey(globFiles(root, { pattern: labels, endings: labelEndings, role: 'labels' }), labels);
  if (labels !== undefined && ![...imageFiles.keys()].some((key) => labelFiles.has(key))) {
    const [[imageKey, image]] = imageFiles;
    const [[labelKey, label]] = labelFiles;
    throw new DataError(
      `labels "${labels}": none of its ${labelFiles.size} files belongs to an image of "${images}". The wildcards stand for ` +
        `"${imageKey}" in ${image}, but for "${labelKey}" in ${label}; both must be the same.`,
    );
  }

  const values = classes.map(({ name, value }, position) => `${value ?? position} is "${name}"`).join(', ');
  const allowed = classes.some(({ value }) => value !== undefined)
    ? `Here ${values}${meaning[ignore] === ignore ? '; 255 is ignored' : ''}.`
    : `Classes go from 0 to ${classes.length - 1}; 255 is ignored.`;
  return stillImages({
    name,
    where: `Folder ${root}`,
    classes: classes.map(({ name, color }) => ({ name, color })),
    images: [...imageFiles].map(([key, file]) => ({
      id: nameBelow(root, file),
      image: file,
      label: labelFiles.get(key),
      noLabel:
        labels === undefined
          ? 'no "labels" were given'
          : `no file of "${labels}" has "${key}" in the place of its wildcards`,
    })),
    meaning,
    allowed: `${allowed} Correct the label, add the class, or give a class the "value" that masks hold for it.`,
    valueAdvice: meaning[ignore] === ignore ? `"value: ${ignore}"` : undefined,
  });
}
