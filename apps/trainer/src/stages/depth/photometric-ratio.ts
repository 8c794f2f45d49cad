import type { Engine } from '@segsde/jit';
import type { Stage, StageContext } from '../../run/stage.ts';
import { photometricStep } from '../../steps/photometric-step.ts';
import { disposeBatch } from '../batches/dispose-batch.ts';
import { sampleCameras, snippetTensors } from '../batches/depth-batch.ts';
import { joinSamples } from '../batches/join-samples.ts';
import { inBatches } from '../data/in-batches.ts';
import { openData } from '../data/open-data.ts';
import type { DepthNetworks } from '../depth.ts';

/** On the validation snippets: photometric error of the warped neighbours over that of the unwarped ones. Below 1, warping helps. */
export async function photometricRatio(
  context: StageContext,
  { depth, motion, scenes }: DepthNetworks & { scenes: Stage | undefined },
): Promise<{ ratio: number; engine: Engine }> {
  const { config, engine } = context;
  const { neighbours, minDepth, maxDepth, data: ownData } = config.depth!;
  const data = ownData ?? config.data;
  const dataset = await openData(context, data, { split: data.valSplit, scenes });
  const step = photometricStep({ depth, motion }, { neighbours, minDepth, maxDepth, engine });

  const load = (index: number) => dataset.load(index, { height: data.height, width: data.width, neighbours });
  const sums = { warped: 0, unwarped: 0 };
  for await (const { samples } of inBatches(dataset.ids.length, { batchSize: 1, load })) {
    context.signal.throwIfAborted();
    const joined = joinSamples(samples, { labels: false });
    const batch = { frames: snippetTensors(joined), ...sampleCameras(joined) };
    const errors = await step(batch);
    sums.warped += (await errors.warped.data())[0];
    sums.unwarped += (await errors.unwarped.data())[0];
    disposeBatch({ batch, errors });
  }
  step.dispose();
  return { ratio: sums.warped / sums.unwarped, engine: step.engine };
}
