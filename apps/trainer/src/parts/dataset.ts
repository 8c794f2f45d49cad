import { type Dataset, disparityFile, readDisparity } from '@segsde/data-loaders';
import { type Definition, definePart, type PartSpec } from './definition.ts';

export interface DatasetContext {
  /** Absolute path of the folder that the config or the command line names. */
  root: string;
  split: string;
  /**
   * Distance in time of the frames that depth is learnt with; empty where single frames will do.
   */
  neighbours: readonly number[];
}

export interface DatasetPart {
  open(context: DatasetContext): Promise<Dataset>;
}

/** A dataset that does not read exported disparities itself gets them here. */
const withDisparity = (dataset: Dataset): Dataset => ({
  ...dataset,
  async load(which, options) {
    const sample = await dataset.load(which, options);
    if (options.disparity === undefined || sample.disparity) return sample;
    return { ...sample, disparity: await readDisparity(disparityFile(options.disparity, sample.id)) };
  },
});

/**
 * A dataset for `data.dataset`: how to find the frames of a split below a folder, and how to load
 * one.
 */
export const defineDataset = <Options>(
  spec: PartSpec<Options> & {
    open(context: DatasetContext, options: Options): Dataset | Promise<Dataset>;
  },
): Definition<'dataset', DatasetPart> =>
  definePart('dataset', spec, (options: Options) => ({
    open: async (context) => withDisparity(await spec.open(context, options)),
  }));
