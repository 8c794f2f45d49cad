import type { Engine } from '@segsde/jit';
import type { AcquisitionInputs, AcquisitionNeed } from '../registry/definition.ts';
import { lookUp } from '../registry/registries.ts';
import type { Stage } from '../run/stage.ts';
import { UserError } from '../run/user-error.ts';
import { seedFor } from './batches/random-at.ts';
import { openData } from './data/open-data.ts';
import { depthFeatures } from './selection/depth-features.ts';
import { segmentationEntropy } from './selection/segmentation-entropy.ts';
import { studentUncertainty } from './selection/student-uncertainty.ts';

export interface SelectionResult {
  /** Ids of the frames to label, in the order of choice: drawn at random, and chosen by `selection.method` if a variant wants that. */
  random: string[];
  selected: string[] | null;
  engines: Record<string, Engine>;
}

export interface SelectionNeeds {
  scenes: Stage | undefined;
  depth: Stage | undefined;
  disparity: Stage | undefined;
}

/** What scoring the training frames yields: one row or number for each. */
export interface Scores<Values> {
  values: Values;
  engines: Record<string, Engine>;
}

/** Chooses the frames to label (METHOD 5). */
export function selectionStage(needs: SelectionNeeds): Stage<SelectionResult> {
  return {
    name: 'selection',
    title: 'choose the frames to label',
    needs: Object.values(needs).filter((stage) => stage !== undefined),
    inputs: ({ seed, engine, precision, data, model, selection, train }) => ({
      ...{ seed, engine, precision, data, model, selection },
      train: { variants: train.variants.map(({ labels }) => ({ labels })) },
    }),
    async run(context) {
      const { config, registries } = context;
      const { labels, rounds, method } = config.selection;
      const dataset = await openData(context, config.data, { split: config.data.split, scenes: needs.scenes });
      const size = dataset.ids.length;
      if (labels > size) {
        throw new UserError(`selection.labels is ${labels}, but ${config.data.split} has only ${size} frames`);
      }
      const seed = seedFor(config.seed, 'selection');
      const inputs: AcquisitionInputs = { count: labels, size, chosen: [], seed };
      const random = lookUp(registries, 'acquisition', 'random').choose({ name: 'random' }, inputs);
      const idsOf = (indices: number[]) => indices.map((index) => dataset.ids[index]);
      if (!config.train.variants.some((variant) => variant.labels === 'selected')) {
        return { random: idsOf(random), selected: null, engines: {} };
      }

      const acquisition = lookUp(registries, 'acquisition', method.name);
      const engines: Record<string, Engine> = {};
      const score = async <V>(need: AcquisitionNeed, compute: () => Promise<Scores<V>>): Promise<V | undefined> => {
        if (!acquisition.needs.includes(need)) return undefined;
        const { values, engines: used } = await compute();
        Object.assign(engines, used);
        return values;
      };
      const features = await score('features', () => depthFeatures(context, { dataset, ...needs }));
      const chosen: number[] = [];
      for (const total of [...rounds, labels]) {
        const scoring = { dataset, chosen: [...chosen], ...needs };
        const learnt = chosen.length > 0;
        const uncertainty = learnt ? await score('uncertainty', () => studentUncertainty(context, scoring)) : undefined;
        const entropy = learnt ? await score('entropy', () => segmentationEntropy(context, scoring)) : undefined;
        const count = total - chosen.length;
        chosen.push(...acquisition.choose(method, { count, size, chosen, seed, features, uncertainty, entropy }));
        context.log(`chose ${chosen.length} of ${labels} frames`);
      }
      return { random: idsOf(random), selected: idsOf(chosen), engines };
    },
  };
}
