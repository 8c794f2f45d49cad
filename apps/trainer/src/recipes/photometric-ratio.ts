import type { Engine } from '@segsde/jit';
import { collate } from '../data/collate.ts';
import { datasetRef, openDataset } from '../data/dataset.ts';
import { disposeTensors, snippetTensors } from '../data/to-tensors.ts';
import type { StageContext } from '../run/stage.ts';
import { cameraTensors } from '../steps/tensors.ts';
import { photometricStep } from '../steps/photometric-step.ts';
import type { DepthInputs, DepthNetworks } from './depth.ts';

/**
 * On the validation snippets: photometric error of the warped neighbours over that of the unwarped
 * ones. Below 1, warping helps.
 */
export async function photometricRatio(
  { engine, signal, progress }: StageContext,
  { data: labelledData, depth: options }: Pick<DepthInputs, 'data' | 'depth'>,
  { depth, motion, scenes }: DepthNetworks & { scenes: string | undefined },
): Promise<{ ratio: number; engine: Engine }> {
  const { neighbours, minDepth, maxDepth } = options;
  const data = options.data ?? labelledData;
  const { height, width } = data;
  const dataset = await openDataset(datasetRef(data, { split: data.valSplit, scenes, neighbours }));
  const step = photometricStep({ depth, motion }, { neighbours, minDepth, maxDepth, engine });

  const bar = progress('photometric error', dataset.ids.length);
  const sums = { warped: 0, unwarped: 0 };
  for (const index of dataset.ids.keys()) {
    signal.throwIfAborted();
    const samples = collate([await dataset.load(index, { height, width, neighbours: [...neighbours] })], {
      labels: false,
    });
    const batch = { frames: snippetTensors(samples), ...cameraTensors(samples.intrinsics!) };
    const errors = await step(batch);
    sums.warped += (await errors.warped.data())[0];
    sums.unwarped += (await errors.unwarped.data())[0];
    disposeTensors({ batch, errors });
    bar.update(index + 1);
  }
  bar.done();
  await step.dispose();
  return { ratio: sums.warped / sums.unwarped, engine: step.engine };
}
