import type { Dataset, FloatMap } from '@segsde/data-loaders';
import { depthErrors } from '@segsde/metrics';
import { datasetRef, openDataset } from '../data/dataset.ts';
import type { DepthNetwork } from '../networks/depth-network.ts';
import type { StageContext } from '../run/stage.ts';
import { predictDisparity } from '../steps/predict-disparity.ts';
import type { DepthInputs } from './depth.ts';
import { predictEach } from './predict-each.ts';

export interface TrueDepthErrors {
  /** Mean |predicted - true| / true depth of the network, each image scaled by its median. */
  absRel: number;
  /**
   * The same for the mean disparity map of the training frames: what position in the image tells by
   * itself.
   */
  meanMapAbsRel: number;
}

/**
 * Compares predicted with true depth on the validation frames; null where the true depth is not
 * known.
 */
export async function trueDepthErrors(
  context: StageContext,
  { data, depth: { minDepth, maxDepth } }: Pick<DepthInputs, 'data' | 'depth'>,
  { network, scenes }: { network: DepthNetwork; scenes: string | undefined },
): Promise<TrueDepthErrors | null> {
  if (scenes === undefined || data.root !== null) return null;
  const size = { height: data.height, width: data.width };
  const open = (split: string) => openDataset(datasetRef(data, { split, scenes }));

  const meanMap = await meanDisparity(await open(data.split), size, context.signal);
  const meanMapDepth = meanMap.map((disparity) => 1 / disparity);
  const val = await open(data.valSplit);
  const predict = predictDisparity(network, context);
  const toDepth = (disparity: number) => 1 / (1 / maxDepth + (1 / minDepth - 1 / maxDepth) * disparity);

  const sums = { absRel: 0, meanMapAbsRel: 0 };
  await predictEach(
    context,
    {
      title: 'depth errors',
      indices: [...val.ids.keys()],
      load: (index) => val.load(index, { ...size, depth: true }),
      predict: { disparity: predict },
    },
    ({ depth }, { disparity }) => {
      sums.absRel += absRel(disparity.data.map(toDepth), depth!);
      sums.meanMapAbsRel += absRel(meanMapDepth, depth!);
    },
  );
  await predict.dispose();
  return { absRel: sums.absRel / val.ids.length, meanMapAbsRel: sums.meanMapAbsRel / val.ids.length };
}

const absRel = (predicted: Float32Array, { data }: FloatMap) =>
  depthErrors(predicted, data, { medianScaling: true }).absRel;

/**
 * Per pixel the mean of 1 / depth over the frames in which the depth is known; tiny where it never
 * is.
 */
async function meanDisparity(
  dataset: Dataset,
  size: { height: number; width: number },
  signal: AbortSignal,
): Promise<Float32Array> {
  const sum = new Float32Array(size.height * size.width);
  const count = new Float32Array(sum.length);
  for (const index of dataset.ids.keys()) {
    signal.throwIfAborted();
    const { depth } = await dataset.load(index, { ...size, depth: true });
    depth!.data.forEach((metres, pixel) => {
      if (metres <= 0) return;
      sum[pixel] += 1 / metres;
      count[pixel]++;
    });
  }
  return sum.map((total, pixel) => Math.max(total / Math.max(count[pixel], 1), 1e-3));
}
