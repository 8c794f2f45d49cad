import { averagePoolFeatures, normalizeFeatures } from '@segsde/active-learning';
import { learntDepth } from '../networks/depth-network.ts';
import { disposeNetwork } from '../networks/dispose-network.ts';
import type { StageContext } from '../run/stage.ts';
import { predictFeatures } from '../steps/predict-features.ts';
import { predictEach } from './predict-each.ts';
import type { Candidates, Scores, SelectionInputs } from './selection.ts';

/**
 * What the depth network sees in each frame, pooled to a few cells and normalised (docs/method.md,
 * section 5.4).
 */
export async function depthFeatures(
  context: StageContext,
  { seed, data, model, scales, selection }: SelectionInputs,
  { dataset, pool, depth }: Candidates,
): Promise<Scores<{ data: Float32Array; length: number }>> {
  const network = await learntDepth({ model, scales: scales!, seed }, depth!);
  const predict = predictFeatures(network, context);
  const size = { height: data.height, width: data.width };

  const rows: Float32Array[] = [];
  let channels = 0;
  await predictEach(
    context,
    { title: 'depth features', indices: pool, load: (index) => dataset.load(index, size), predict: { maps: predict } },
    (_, { maps }) => {
      const [height, width, depthOfMap] = maps.shape;
      channels = depthOfMap;
      rows.push(averagePoolFeatures(maps.data, { height, width, channels, rows: selection.poolingRows }));
    },
  );
  await predict.dispose();
  disposeNetwork(network);

  const { length } = rows[0];
  const all = new Float32Array(rows.length * length);
  rows.forEach((row, i) => all.set(row, i * length));
  return {
    values: { data: normalizeFeatures(all, channels), length },
    engines: { 'predict-features': predict.engine },
  };
}
