import { averagePoolFeatures, normalizeFeatures } from '@segsde/active-learning';
import type { Dataset } from '@segsde/data-loaders';
import type { StageContext } from '../../run/stage.ts';
import { predictFeatures } from '../../steps/predict-features.ts';
import { imageTensor } from '../batches/tensors.ts';
import { inBatches } from '../data/in-batches.ts';
import { learntDepth } from '../networks/learnt-depth.ts';
import type { Scores, SelectionNeeds } from '../selection.ts';

/** What the depth network sees in each frame, pooled to a few cells and normalised (METHOD 5.4). */
export async function depthFeatures(
  context: StageContext,
  { dataset, depth }: SelectionNeeds & { dataset: Dataset },
): Promise<Scores<{ data: Float32Array; length: number }>> {
  if (!depth) throw new Error('features come from the depth network, and there is none');
  const { config, engine, signal } = context;
  const { data, selection } = config;
  const network = await learntDepth(context, depth);
  const predict = predictFeatures(network, { engine });
  const progress = context.progress('depth features', dataset.ids.length);

  const rows: Float32Array[] = [];
  let channels = 0;
  const load = (index: number) => dataset.load(index, { height: data.height, width: data.width });
  for await (const { samples, filled } of inBatches(dataset.ids.length, { batchSize: 4, load })) {
    signal.throwIfAborted();
    const image = imageTensor(filled.map((sample) => sample.image));
    const maps = await predict(image);
    const [, height, width, depthOfMap] = maps.shape;
    const values = await maps.data<'float32'>();
    const length = height * width * depthOfMap;
    channels = depthOfMap;
    samples.forEach((_, i) => {
      const map = values.subarray(i * length, (i + 1) * length);
      rows.push(averagePoolFeatures(map, { height, width, channels, rows: selection.poolingRows }));
    });
    image.dispose();
    maps.dispose();
    progress.update(rows.length);
  }
  progress.done();
  predict.dispose();

  const length = rows[0].length;
  const all = new Float32Array(rows.length * length);
  rows.forEach((row, i) => all.set(row, i * length));
  return {
    values: { data: normalizeFeatures(all, channels), length },
    engines: { 'predict-features': predict.engine },
  };
}
