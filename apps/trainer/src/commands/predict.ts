import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { readImage, writeDisparity } from '@segsde/data-loaders';
import glob from 'fast-glob';
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { UserError } from '../files/user-error.ts';
import { makeFolder } from '../files/write-atomically.ts';
import { predictEach } from '../recipes/predict-each.ts';
import { writeLabel } from '../report/label-file.ts';
import { labelPicture } from '../report/panel.ts';
import { writePicture } from '../report/write-picture.ts';
import { predictDisparity } from '../steps/predict-disparity.ts';
import { predictLabels } from '../steps/predict-labels.ts';
import { openFinishedRun } from './open-finished-run.ts';
import { trainedNetworks } from './trained-networks.ts';

interface Picture {
  file: string;
  /** Below the output folder, without extension. */
  name: string;
}

/** Files as they are, folders with all pictures below them. @throws UserError */
function findPictures(paths: readonly string[]): Picture[] {
  const stem = (file: string) => file.slice(0, file.length - extname(file).length);
  const pictures = paths.flatMap((path) => {
    if (!existsSync(path)) throw new UserError(`${path}: no such file or folder`);
    if (!statSync(path).isDirectory()) return [{ file: path, name: stem(basename(path)) }];
    const files = glob.sync('**/*.{png,jpg,jpeg}', { cwd: path, caseSensitiveMatch: false }).sort();
    if (files.length === 0) throw new UserError(`${path}: holds no .png or .jpg`);
    return files.map((file) => ({ file: join(path, file), name: stem(file) }));
  });
  const seen = new Map<string, string>();
  for (const { file, name } of pictures) {
    const other = seen.get(name);
    if (other) throw new UserError(`${file}: would be written over the result of ${other}; predict them one at a time`);
    seen.set(name, file);
  }
  return pictures;
}

/**
 * For each picture, at the size that the networks work at: `<name>_label.png` with trainIds,
 * `<name>_color.png`, and, if the run has learnt depth, `<name>_disparity.png` with its side-car.
 */
export async function predict(
  paths: readonly string[],
  { run: runFolder, variant: variantName, out }: { run: string; variant?: string; out: string },
): Promise<void> {
  const run = await openFinishedRun(runFolder);
  const pictures = findPictures(paths);
  const { classes, segmentation, depth } = await trainedNetworks(run, variantName);
  const { height, width } = run.config.data;
  const size = { height, width };
  const segment = predictLabels(segmentation, run);
  const disparityOf = depth && predictDisparity(depth, run);

  const functions: Record<string, (images: Tensor4D) => Promise<Tensor>> = { labels: segment };
  if (disparityOf) functions.disparity = disparityOf;

  await predictEach(
    run,
    {
      ...{ title: 'predict', indices: [...pictures.keys()], batchSize: run.config.evaluate.batchSize },
      load: async (index) => ({
        id: pictures[index].name,
        image: (await readImage(pictures[index].file, { size })).image,
      }),
      predict: functions,
    },
    async ({ id }, { labels, disparity }) => {
      const label = { ...size, data: Uint8Array.from(labels.data) };
      await makeFolder(dirname(join(out, id)));
      await writeLabel(join(out, `${id}_label.png`), label);
      await writePicture(join(out, `${id}_color.png`), labelPicture(label, classes));
      if (disparity) {
        await writeDisparity(join(out, `${id}_disparity.png`), { ...size, data: disparity.data.slice() });
      }
    },
  );
  await Promise.all([segment.dispose(), disparityOf?.dispose()]);
  console.log(`${pictures.length} pictures in ${relative('', out) || '.'}`);
}
