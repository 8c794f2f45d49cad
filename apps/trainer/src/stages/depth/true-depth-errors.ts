import type { Dataset, FloatMap } from '@segsde/data-loaders';
import { depthErrors } from '@segsde/metrics';
import type { Stage, StageContext } from '../../run/stage.ts';
import { predictDisparity } from '../../steps/predict-disparity.ts';
import { imageTensor } from '../batches/tensors.ts';
import { inBatches } from '../data/in-batches.ts';
import { openData } from '../data/open-data.ts';
import type { DepthNetwork } from '../networks/depth-network.ts';

export interface TrueDepthErrors {
  /** Mean |predicted - true| / true depth of the network, each image scaled by its median. */
  absRel: number;
  /** The same for the mean disparity map of the training frames: what position in the image tells by itself. */
  meanMapAbsRel: number;
}

/** Compares predicted with true depth on the validation frames; null where the true depth is not known. */
export async function trueDepthErrors(
  context: StageContext,
  { network, scenes }: { network: DepthNetwork; scenes: Stage | undefined },
): Promise<TrueDepthErrors | null> {
  const { config, engine, signal } = context;
  const { data } = config;
  if (!scenes || data.root !== null) return null;
  const { minDepth, maxDepth } = config.depth!;
  const size = { height: data.height, width: data.width };

  const train = await openData(context, data, { split: data.split, scenes });
  const meanMap = await meanDisparity(train, size, signal);
  const val = await openData(context, data, { split: data.valSplit, scenes });
  const predict = predictDisparity(network, { engine });

  const sums = { absRel: 0, meanMapAbsRel: 0 };
  const load = (index: number) => val.load(index, { ...size, depth: true });
  for await (const { samples, filled } of inBatches(val.ids.length, { batchSize: 4, load })) {
    signal.throwIfAborted();
    const images = imageTensor(filled.map(({ image }) => image));
    const disparity = await predict(images);
    const values = await disparity.data<'float32'>();
    samples.forEach(({ depth }, i) => {
      const pixels = size.height * size.width;
      const predicted = values
        .slice(i * pixels, (i + 1) * pixels)
        .map((s) => 1 / (1 / maxDepth + (1 / minDepth - 1 / maxDepth) * s));
      sums.absRel += absRel(predicted, depth!);
      sums.meanMapAbsRel += absRel(
        meanMap.map((d) => 1 / d),
        depth!,
      );
    });
    images.dispose();
    disparity.dispose();
  }
  predict.dispose();
  return { absRel: sums.absRel / val.ids.length, meanMapAbsRel: sums.meanMapAbsRel / val.ids.length };
}

const absRel = (predicted: Float32Array, { data }: FloatMap) =>
  depthErrors(predicted, data, { medianScaling: true }).absRel;

/** Per pixel the mean of 1 / depth over the frames in which the depth is known; tiny where it never is. */
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
