import type { Dataset } from '@segsde/data-loaders';
import type { Engine } from '@segsde/jit';
import type { SelectionConfig } from '../config/schema.ts';
import { type DatasetRef, datasetRef, drawnAtRandom, labellable, openDataset } from '../data/dataset.ts';
import type { AcquisitionNeed } from '../parts/acquisition.ts';
import { defineStage, type Stage } from '../run/stage.ts';
import { depthFeatures } from './depth-features.ts';
import { type SegmentationInputs, segmentationInputs } from './segmentation.ts';
import { segmentationEntropy } from './segmentation-entropy.ts';
import { studentUncertainty } from './student-uncertainty.ts';

export interface SelectionResult {
  /**
   * Ids of the frames to label, in the order of choice: drawn at random, and chosen by
   * `selection.method`.
   */
  random: string[];
  selected: string[];
  engines: Record<string, Engine>;
}

/** What scoring frames depends on. */
export interface SelectionInputs extends Omit<SegmentationInputs, 'train'> {
  selection: SelectionConfig;
  /** Of the depth network; absent without depth. */
  scales: number[] | undefined;
  /** How the segmentation of method "entropy" is trained; absent for others. */
  train: SegmentationInputs['train'] | undefined;
}

/** The frames that can be chosen, and where the results of earlier stages are. */
export interface Candidates {
  ref: DatasetRef;
  /** The opened `ref`. */
  dataset: Dataset;
  /** Positions in the dataset. */
  pool: readonly number[];
  /** Folders of the stages that learnt depth and exported it. */
  depth: string | undefined;
  disparity: string | undefined;
}

/** What scoring the frames of a pool yields: one row or number for each. */
export interface Scores<Values> {
  values: Values;
  engines: Record<string, Engine>;
}

export interface SelectionNeeds {
  scenes: Stage | undefined;
  depth: Stage | undefined;
  disparity: Stage | undefined;
}

/** Chooses the frames to label (docs/method.md, section 5). */
export const selectionStage = ({ scenes, depth, disparity }: SelectionNeeds) =>
  defineStage({
    name: 'selection',
    title: 'choose the frames to label',
    needs: [scenes, depth, disparity].filter((stage) => stage !== undefined),
    inputs: (config): SelectionInputs & { engine: string } => {
      const { train, ...inputs } = segmentationInputs(config);
      const { engine, selection, depth } = config;
      const trains = selection.method.needs.includes('entropy');
      return { ...inputs, engine, selection, scales: depth?.scales, train: trains ? train : undefined };
    },
    async run(context, inputs): Promise<SelectionResult> {
      const { seed, data } = inputs;
      const { labels, rounds, method } = inputs.selection;
      const ref = datasetRef(data, { split: data.split, scenes: scenes && context.folderOf(scenes) });
      const dataset = await openDataset(ref);
      const pool = labellable(dataset, { ...ref, labels });
      const size = pool.length;
      const candidates: Candidates = {
        ...{ ref, dataset, pool },
        depth: depth && context.folderOf(depth),
        disparity: disparity && context.folderOf(disparity),
      };
      const idsOf = (positions: readonly number[]) => positions.map((position) => dataset.ids[pool[position]]);
      const random = idsOf(drawnAtRandom(size, { labels, seed }));

      const engines: Record<string, Engine> = {};
      const score = async <V>(need: AcquisitionNeed, compute: () => Promise<Scores<V>>): Promise<V | undefined> => {
        if (!method.needs.includes(need)) return undefined;
        const { values, engines: used } = await compute();
        Object.assign(engines, used);
        return values;
      };
      const features = await score('features', () => depthFeatures(context, inputs, candidates));
      const chosen: number[] = [];
      for (const total of [...rounds, labels]) {
        const labelled = chosen.map((position) => pool[position]);
        const learnt = labelled.length > 0;
        const uncertainty = learnt
          ? await score('uncertainty', () => studentUncertainty(context, inputs, { ...candidates, labelled }))
          : undefined;
        const entropy = learnt
          ? await score('entropy', () => segmentationEntropy(context, inputs, { ...candidates, labelled }))
          : undefined;
        const count = total - chosen.length;
        chosen.push(...method.choose({ count, size, chosen: [...chosen], seed, features, uncertainty, entropy }));
        context.log(`chose ${chosen.length} of ${labels} frames by ${method.name}`);
      }
      return { random, selected: idsOf(chosen), engines };
    },
  });
