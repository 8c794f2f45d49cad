import {
  checkLabels,
  type CheckLabelsOptions,
  type Dataset,
  throwFindings,
  verifySamples,
  type VerifyOptions,
} from '@segsde/data-loaders';
import type { Config, DataConfig } from '../config/schema.ts';
import { UserError } from '../files/user-error.ts';
import type { RunTools } from '../run/stage.ts';
import { datasetRef, drawnAtRandom, labellable, openDataset } from './dataset.ts';

/**
 * More labels than this are not decoded before the training unless it is sure to use them: those
 * that a selection method may choose from.
 */
const DECODED = 300;

type Tools = Pick<RunTools, 'log' | 'progress' | 'signal'>;

/** Something to look at, and how many samples it concerns. */
interface Check {
  samples: number;
  /** @throws DataError */
  run(onProgress: (done: number) => void, tools: Tools): Promise<void>;
}

/**
 * Looks at every file that the run will use, cheaply, so that what is wrong or missing is told now
 * and not after an hour's training. Scenes that the run renders itself are left out.
 *
 * @param scope whether a segmentation is to be trained and scored; else labels are not looked at
 * @throws UserError or DataError naming the file or folder, and how many others are wrong
 */
export async function checkData(
  config: Config,
  { segmentation }: { segmentation: boolean },
  tools: Tools,
): Promise<void> {
  const { data, depth } = config;
  const checks: Check[] = [];
  if (data.root !== null) {
    const train = await open(data, data.split);
    const val = await open(data, data.valSplit);
    if (segmentation) checks.push(...checksOfLabels(config, { train, val }, tools));
    // Where depth is learnt from the same frames, they are looked at with their neighbours.
    if (!depth || depth.data) {
      for (const dataset of [train, val]) checks.push(filesOf(dataset, { ...sizeOf(data), indices: all(dataset) }));
    }
  }
  const video = depth && (depth.data ?? data);
  if (video && video.root !== null) {
    for (const split of new Set([video.split, video.valSplit])) {
      const dataset = await open(video, split, depth.neighbours);
      checks.push(filesOf(dataset, { ...sizeOf(video), indices: all(dataset), neighbours: depth.neighbours }));
    }
  }
  if (checks.length === 0) return;

  const bar = tools.progress(
    'check the data',
    checks.reduce((sum, { samples }) => sum + samples, 0),
  );
  let before = 0;
  for (const { samples, run } of checks) {
    const start = before;
    await run((done) => bar.update(start + done), tools);
    before += samples;
  }
  bar.done();
}

const open = (data: DataConfig, split: string, neighbours: readonly number[] = []) =>
  openDataset(datasetRef(data, { split, scenes: undefined, neighbours }));
const sizeOf = ({ height, width }: DataConfig) => ({ height, width });
const all = (dataset: Dataset) => [...dataset.ids.keys()];

const filesOf = (dataset: Dataset, options: VerifyOptions): Check => ({
  samples: options.indices.length,
  async run(onProgress, { signal }) {
    throwFindings(await verifySamples(dataset, { ...options, signal, onProgress }));
  },
});

const labelsOf = (dataset: Dataset, options: CheckLabelsOptions): Check => ({
  samples: options.indices.length,
  async run(onProgress, { signal, log }) {
    const { findings, remarks } = await checkLabels(dataset, { ...options, signal, onProgress });
    throwFindings(findings);
    for (const remark of remarks) log(`note: ${remark}`);
  },
});

function checksOfLabels(
  { seed, data, selection, train: { variants } }: Config,
  { train, val }: { train: Dataset; val: Dataset },
  { log }: Tools,
): Check[] {
  const { labels } = selection;
  const pool = labellable(train, { root: data.root!, split: data.split, labels });
  for (const [i, { unlabelled }] of variants.entries()) {
    if (!unlabelled || unlabelled.mixing.name === 'none') continue;
    const frames = unlabelled.frames === 'all' ? train.ids.length : train.ids.length - labels;
    if (frames < 2) {
      throw new UserError(
        `train.variants[${i}].unlabelled: there ${frames === 1 ? 'is one frame' : 'are no frames'} to mix in "${data.split}", and "${unlabelled.mixing.name}" needs two. Take frames: all, or mixing: none`,
      );
    }
  }
  for (const text of overlap(data, { train, val })) log(text);

  const drawn = drawnAtRandom(pool.length, { labels, seed }).map((position) => pool[position]);
  const learnt = pool.length > DECODED ? drawn : pool;
  const size = sizeOf(data);
  return [labelsOf(train, { ...size, indices: learnt }), labelsOf(val, { ...size, indices: all(val) })];
}

/** In words, that frames are scored which are learnt from as well. */
function overlap({ split, valSplit }: DataConfig, { train, val }: { train: Dataset; val: Dataset }): string[] {
  const fileOf = (dataset: Dataset, index: number) => dataset.files?.(index).image ?? dataset.ids[index];
  const learnt = new Set(all(train).map((index) => fileOf(train, index)));
  const both = all(val).filter((index) => learnt.has(fileOf(val, index))).length;
  if (both === 0) return [];
  return [
    `note: ${both} of the ${val.ids.length} frames of "${valSplit}" are among those of "${split}": scores will be too good`,
  ];
}
