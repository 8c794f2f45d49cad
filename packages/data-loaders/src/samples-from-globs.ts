import { extname, join } from 'node:path';
import glob from 'fast-glob';
import { DataError } from './data-error.ts';
import type { ClassInfo, Dataset } from './dataset.ts';
import { listFolder } from './list-folder.ts';
import { matchGlob } from './match-glob.ts';
import { stillImages } from './still-images.ts';

export interface GlobOptions {
  /** The globs start here. */
  root: string;
  /** For example `images/*\/*.{png,jpg}`. */
  images: string;
  /**
   * For example `labels/*\/*_mask.png`: 8-bit grey or palette PNGs of the classes' positions, 255 = ignore. An image and a label belong
   * together if the wildcards stand for the same in both.
   */
  labels?: string;
  classes: ClassInfo[];
  name?: string;
}

const endings = ['.png', '.jpg', '.jpeg'];

const filesByKey = (root: string, pattern: string) => {
  const files = new Map<string, string>();
  for (const file of glob.sync(pattern, { cwd: root }).sort()) {
    if (!endings.includes(extname(file).toLowerCase())) continue;
    const parts = matchGlob(pattern, file);
    if (!parts) {
      throw new DataError(
        `${pattern}: use no other wildcards than *, **, ?, [...] and {...}, so that labels find their images.`,
      );
    }
    const key = parts.join('/');
    const other = files.get(key);
    if (other !== undefined) {
      throw new DataError(
        `${join(root, file)} and ${other} cannot be told apart by the wildcards of ${pattern}. Write * where they differ.`,
      );
    }
    files.set(key, file);
  }
  return files;
};

/**
 * Images of one's own, and their labels where there are any, given by globs. Ids are the images' paths without ending.
 *
 * @throws DataError if the folder is missing, nothing matches, or two files match alike
 */
export function samplesFromGlobs({ root, images, labels, classes, name = 'images' }: GlobOptions): Dataset {
  listFolder(root);
  const imageFiles = filesByKey(root, images);
  if (imageFiles.size === 0) {
    throw new DataError(`${join(root, images)}: no .png or .jpg file matches. Check the path.`);
  }
  const labelFiles = labels === undefined ? new Map<string, string>() : filesByKey(root, labels);
  if (labels !== undefined && labelFiles.size === 0) {
    throw new DataError(`${join(root, labels)}: no .png file matches. Check the path.`);
  }
  const last = classes.length - 1;
  return stillImages({
    name,
    where: `Folder ${root}`,
    classes,
    images: [...imageFiles].map(([key, file]) => {
      const label = labelFiles.get(key);
      return {
        id: file.slice(0, -extname(file).length),
        image: join(root, file),
        label: label === undefined ? undefined : join(root, label),
      };
    }),
    meaning: Int16Array.from({ length: 256 }, (_, value) => (value <= last || value === 255 ? value : -1)),
    allowed: `Classes go from 0 to ${last}; 255 is ignored. Correct the label or add the class.`,
  });
}
