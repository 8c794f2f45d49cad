import { join } from 'node:path';
import { type ClassInfo, splitLabelled } from '@segsde/data-loaders';
import type { Engine } from '@segsde/jit';
import { saveWeights } from '@segsde/models';
import type { Variant } from '../config/schema.ts';
import type { Stage } from '../run/stage.ts';
import { openData } from './data/open-data.ts';
import { trainSegmentation } from './segmentation/train-segmentation.ts';
import type { SelectionResult } from './selection.ts';

export interface SegmentationResult {
  /** Number of labelled frames it learnt from. */
  labels: number;
  /** What it tells apart, so that it can be used without the data set. */
  classes: ClassInfo[];
  engines: Record<string, Engine>;
}

export interface SegmentationNeeds {
  scenes: Stage | undefined;
  depth: Stage | undefined;
  disparity: Stage | undefined;
  selection: Stage<SelectionResult>;
}

/** Trains one variant of `train.variants`. Leaves `student.encoder.safetensors` and its siblings in its folder. */
export function segmentationStage(variant: Variant, needs: SegmentationNeeds): Stage<SegmentationResult> {
  const { scenes, depth, disparity, selection } = needs;
  return {
    name: `segmentation/${variant.name}`,
    title: `train ${variant.name}`,
    needs: [scenes, depth, disparity, selection].filter((stage) => stage !== undefined),
    inputs: ({ seed, engine, precision, data, model, train: { variants: _variants, ...train } }) => ({
      ...{ seed, engine, precision, data, model, train, variant },
    }),
    async run(context) {
      const { config, folder } = context;
      const { random, selected } = context.done(selection).result;
      const ids = variant.labels === 'random' ? random : selected!;
      const dataset = await openData(context, config.data, { split: config.data.split, scenes });
      const { labelled } = splitLabelled(dataset, ids);
      const { student, teacher, engines } = await trainSegmentation(context, {
        ...{ dataset, labelled, variant, scenes, depth, disparity },
        iterations: config.train.iterations,
        title: variant.name,
      });
      for (const [name, network] of Object.entries({ student, ...(teacher && { teacher }) })) {
        await saveWeights(network.encoder, join(folder, `${name}.encoder.safetensors`));
        await saveWeights(network.decoder, join(folder, `${name}.decoder.safetensors`));
        network.encoder.dispose();
        network.decoder.dispose();
      }
      return { labels: labelled.length, classes: dataset.classes, engines };
    },
  };
}
