import { existsSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { DataError } from './data-error.ts';
import type { ClassInfo, Dataset } from './dataset.ts';
import { listFolder } from './list-folder.ts';
import { stillImages } from './still-images.ts';

/** CamVid's 11 classes in the order of SegNet's label files; 11 there means unlabelled (METHOD 6.6). */
export const camvidClasses: readonly ClassInfo[] = [
  { name: 'sky', color: [128, 128, 128] },
  { name: 'building', color: [128, 0, 0] },
  { name: 'pole', color: [192, 192, 128] },
  { name: 'road', color: [128, 64, 128] },
  { name: 'pavement', color: [60, 40, 222] },
  { name: 'tree', color: [128, 128, 0] },
  { name: 'signsymbol', color: [192, 128, 128] },
  { name: 'fence', color: [64, 64, 128] },
  { name: 'car', color: [64, 0, 128] },
  { name: 'pedestrian', color: [64, 64, 0] },
  { name: 'bicyclist', color: [0, 128, 192] },
];

export interface CamvidOptions {
  /** The folder that holds `train`, `trainannot`, ... */
  root: string;
  split: string;
}

const extensions = ['.png', '.jpg', '.jpeg'];

const namesInList = (list: string) =>
  readFileSync(list, 'utf8')
    .split('\n')
    .map((line) => basename(line.trim().split(/\s+/)[0]))
    .filter((name) => name !== '');

/**
 * CamVid in SegNet's layout: `<split>/*.png`, `<split>annot/*.png` with the same file names, and, where there is one, `<split>.txt`, of
 * whose lines only the images' file names count (the folders in there are those of somebody else's disk).
 *
 * @throws DataError if the folder is missing or empty, or a listed image does not exist
 */
export function camvid({ root, split }: CamvidOptions): Dataset {
  const folder = join(root, split);
  const present = listFolder(folder).filter((file) => extensions.includes(extname(file).toLowerCase()));
  if (present.length === 0) {
    throw new DataError(`${folder}: it holds no .png or .jpg. Check the path, or choose another split.`);
  }
  const list = join(root, `${split}.txt`);
  const files = existsSync(list) ? namesInList(list) : present;
  if (files.length === 0) {
    throw new DataError(`${list}: the list is empty. Fill it, or delete it to use all of ${folder}.`);
  }
  const onDisk = new Set(present);
  const missing = files.filter((file) => !onDisk.has(file));
  if (missing.length > 0) {
    throw new DataError(
      `${list}: ${missing.length} of its ${files.length} images are not in ${folder}, the first is ${missing[0]}. ` +
        'Fetch them or shorten the list.',
    );
  }

  return stillImages({
    name: 'camvid',
    where: `CamVid folder ${folder}`,
    classes: [...camvidClasses],
    images: files.sort().map((file) => {
      const name = file.slice(0, -extname(file).length);
      return { id: `${split}/${name}`, image: join(folder, file), label: join(root, `${split}annot`, `${name}.png`) };
    }),
    meaning: Int16Array.from({ length: 256 }, (_, value) => {
      if (value < camvidClasses.length) return value;
      return value === camvidClasses.length || value === 255 ? 255 : -1;
    }),
    allowed: 'CamVid classes go from 0 to 10; 11 and 255 are ignored. Correct the label.',
  });
}
