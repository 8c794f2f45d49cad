import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { DataError } from './data-error.ts';
import type { ClassInfo, Dataset } from './dataset.ts';
import { listFolder } from './list-folder.ts';
import { stillImages } from './still-images.ts';

/**
 * CamVid's 11 classes in the order of SegNet's label files; 11 there means unlabelled
 * (docs/method.md, section 6.6).
 */
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

/**
 * The image that a line `<image> <label>` begins with; names may hold blanks, but no ending of an
 * image before a blank.
 */
const imageInLine = (line: string) => (/^(.*?\.(?:png|jpe?g))(?:\s|$)/i.exec(line)?.[1] ?? line).split(/[/\\]/).pop()!;

const namesInList = (list: string) =>
  readFileSync(list, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(imageInLine);

const stem = (file: string) => file.slice(0, file.length - extname(file).length).normalize();

/**
 * CamVid in SegNet's layout: `<split>/*.png`, `<split>annot/*.png` with the same file names, and,
 * where there is one, `<split>.txt`, of whose lines only the images' file names count (the folders
 * in there are those of somebody else's disk).
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
  const onDisk = new Map(present.map((file) => [file.normalize(), file]));
  const missing = files.filter((file) => !onDisk.has(file.normalize()));
  if (missing.length > 0) {
    throw new DataError(
      `${list}: ${missing.length} of its ${files.length} images are not in ${folder}, the first is ${missing[0]}. ` +
        'Fetch them or shorten the list.',
    );
  }
  const chosen = new Map<string, string>();
  for (const file of new Set(files.map((file) => onDisk.get(file.normalize())!))) {
    const other = chosen.get(stem(file));
    if (other !== undefined) {
      throw new DataError(
        `${join(folder, file)}: ${other} has the same name but for the ending. Take one out of the folder.`,
      );
    }
    chosen.set(stem(file), file);
  }

  const labelFolder = join(root, `${split}annot`);
  const labels = new Map(
    (existsSync(labelFolder) ? listFolder(labelFolder) : [])
      .filter((file) => extname(file).toLowerCase() === '.png')
      .map((file) => [stem(file), file]),
  );
  return stillImages({
    name: 'camvid',
    where: `CamVid folder ${folder}`,
    classes: [...camvidClasses],
    images: [...chosen.keys()].sort().map((name) => ({
      id: `${split}/${name}`,
      image: join(folder, chosen.get(name)!),
      label: join(labelFolder, labels.get(name) ?? `${name}.png`),
    })),
    meaning: Int16Array.from({ length: 256 }, (_, value) => {
      if (value < camvidClasses.length) return value;
      return value === camvidClasses.length || value === 255 ? 255 : -1;
    }),
    allowed: 'CamVid classes go from 0 to 10; 11 and 255 are ignored. Correct the label.',
  });
}
