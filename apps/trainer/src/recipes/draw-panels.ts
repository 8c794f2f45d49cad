import { join } from 'node:path';
import { dispose } from '@tensorflow/tfjs-core';
import { depthMixMask, mixPairs } from '@segsde/augmentation';
import type { ImageU8, Sample } from '@segsde/data-loaders';
import type { Config, Variant } from '../config/schema.ts';
import { datasetRef, openDataset } from '../data/dataset.ts';
import { labelFile, readLabel } from '../report/label-file.ts';
import { disparityPicture, labelPicture, panel } from '../report/panel.ts';
import { writePicture } from '../report/write-picture.ts';
import { floatTensor, imageTensor } from '../steps/tensors.ts';

/** Panels are enlarged by a whole factor until each picture is about this wide. */
const PICTURE_WIDTH = 320;

/** Folders. */
export interface PanelSources {
  /** Where the PNGs go. */
  folder: string;
  scenes: string | undefined;
  disparity: string | undefined;
  evaluation: string;
}

/**
 * One PNG for each of `report.panels` validation frames, spread over the split. First row: image,
 * and, where depth was learnt, disparity and the image mixed by depth with the next. Second row:
 * what each variant predicts, in the order of the config, and the truth.
 */
export async function drawPanels(
  { data, report, variants }: Pick<Config, 'data' | 'report'> & { variants: readonly Variant[] },
  { folder, scenes, disparity, evaluation }: PanelSources,
): Promise<void> {
  const dataset = await openDataset(datasetRef(data, { split: data.valSplit, scenes }));
  const count = Math.min(report.panels, dataset.ids.length);
  const positions = Array.from({ length: count }, (_, i) => Math.floor((i * dataset.ids.length) / count));
  const load = { height: data.height, width: data.width, label: true, ...(disparity !== undefined && { disparity }) };
  const samples = await Promise.all(positions.map((position) => dataset.load(position, load)));
  const mixtures = disparity !== undefined && count > 0 ? await mixedByDepth(samples) : undefined;

  for (const [i, { id, image, label, disparity: map }] of samples.entries()) {
    const first = [image, ...(map ? [disparityPicture(map)] : []), ...(mixtures ? [mixtures[i]] : [])];
    const predictions = await Promise.all(variants.map(({ name }) => readLabel(labelFile(evaluation, name, id))));
    const second = [...predictions, label!].map((labels) => labelPicture(labels, dataset.classes));
    const file = join(folder, `${String(i).padStart(2, '0')}-${id.slice(id.lastIndexOf('/') + 1)}.png`);
    await writePicture(file, panel([first, second]), Math.max(Math.round(PICTURE_WIDTH / data.width), 1));
  }
}

/**
 * Each image mixed with the next, the nearer pixel winning. @param samples with disparity, of one
 * size
 */
export async function mixedByDepth(samples: readonly Sample[]): Promise<ImageU8[]> {
  const { width, height } = samples[0].image;
  const images = imageTensor(samples.map(({ image }) => image));
  const disparity = floatTensor(samples.map((sample) => sample.disparity!));
  const mask = depthMixMask(disparity);
  const mixed = mixPairs(images, mask);
  const values = await mixed.data();
  dispose([images, disparity, mask, mixed]);
  const length = width * height * 3;
  return samples.map((_, i) => ({
    ...{ width, height },
    data: Uint8Array.from(values.subarray(i * length, (i + 1) * length), Math.round),
  }));
}
