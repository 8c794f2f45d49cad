import { join } from 'node:path';
import { dispose } from '@tensorflow/tfjs-core';
import { depthMixMask, mixPairs } from '@segsde/augmentation';
import type { ImageU8, Sample } from '@segsde/data-loaders';
import sharp from 'sharp';
import type { Stage, StageContext } from '../run/stage.ts';
import { writeAtomically } from '../run/write-atomically.ts';
import { floatTensor, imageTensor } from '../stages/batches/tensors.ts';
import { openData } from '../stages/data/open-data.ts';
import { labelFile, readLabel } from '../stages/evaluation/label-file.ts';
import { disparityPicture, labelPicture, panel } from './panel.ts';

/** Panels are enlarged by a whole factor until each picture is about this wide. */
const PICTURE_WIDTH = 320;

export interface PanelSources {
  /** Where the PNGs go. */
  folder: string;
  scenes: Stage | undefined;
  disparity: Stage | undefined;
  evaluation: Stage;
}

/**
 * One PNG for each of `report.panels` validation frames, spread over the split. First row: image, and, where depth was learnt, disparity and
 * the image mixed by depth with the next. Second row: what each variant predicts, in the order of the config, and the truth.
 */
export async function drawPanels(
  context: StageContext,
  { folder, scenes, disparity, evaluation }: PanelSources,
): Promise<void> {
  const { data, report, train } = context.config;
  const dataset = await openData(context, data, { split: data.valSplit, scenes });
  const count = Math.min(report.panels, dataset.ids.length);
  const positions = Array.from({ length: count }, (_, i) => Math.floor((i * dataset.ids.length) / count));
  const samples = await Promise.all(
    positions.map((position) =>
      dataset.load(position, {
        ...{ height: data.height, width: data.width, label: true },
        ...(disparity && { disparity: context.folderOf(disparity) }),
      }),
    ),
  );
  const mixtures = disparity && count > 0 ? await mixedByDepth(samples) : undefined;

  for (const [i, { id, image, label, disparity: map }] of samples.entries()) {
    const first = [image, ...(map ? [disparityPicture(map)] : []), ...(mixtures ? [mixtures[i]] : [])];
    const predictions = await Promise.all(
      train.variants.map(({ name }) => readLabel(labelFile(context.folderOf(evaluation), name, id))),
    );
    const second = [...predictions, label!].map((labels) => labelPicture(labels, dataset.classes));
    const file = join(folder, `${String(i).padStart(2, '0')}-${id.slice(id.lastIndexOf('/') + 1)}.png`);
    await writePicture(file, panel([first, second]), { factor: Math.max(Math.round(PICTURE_WIDTH / data.width), 1) });
  }
}

/** Each image mixed with the next, the nearer pixel winning. */
async function mixedByDepth(samples: readonly Sample[]): Promise<ImageU8[]> {
  const { width, height } = samples[0].image;
  const image = imageTensor(samples.map((sample) => sample.image));
  const disparity = floatTensor(samples.map((sample) => sample.disparity!));
  const mask = depthMixMask(disparity);
  const mixed = mixPairs(image, mask);
  const values = await mixed.data();
  dispose([image, disparity, mask, mixed]);
  const length = width * height * 3;
  return samples.map((_, i) => ({
    ...{ width, height },
    data: Uint8Array.from(values.subarray(i * length, (i + 1) * length), (value) => Math.round(value * 255)),
  }));
}

async function writePicture(file: string, { width, height, data }: ImageU8, { factor }: { factor: number }) {
  const png = sharp(data, { raw: { width, height, channels: 3 } })
    .resize(width * factor, height * factor, { kernel: 'nearest' })
    .png();
  await writeAtomically(file, async (temporary) => {
    await png.toFile(temporary);
  });
}
