import { labelEntropy } from '@segsde/active-learning';
import { disposeNetwork } from '../networks/dispose-network.ts';
import type { StageContext } from '../run/stage.ts';
import { predictLogits } from '../steps/predict-logits.ts';
import { predictEach } from './predict-each.ts';
import { trainSegmentation } from './segmentation.ts';
import type { Candidates, Scores, SelectionInputs } from './selection.ts';

/**
 * How undecided a segmentation that has learnt from the labelled frames is about each frame
 * (docs/method.md, section 5.3).
 */
export async function segmentationEntropy(
  context: StageContext,
  { selection, train, ...inputs }: SelectionInputs,
  { ref, dataset, pool, labelled }: Candidates & { labelled: readonly number[] },
): Promise<Scores<Float32Array>> {
  const { student, engines } = await trainSegmentation(
    context,
    { ...inputs, train: train! },
    {
      ...{ ref, dataset, labelled, variant: { init: 'random', unlabelled: null } },
      iterations: selection.student.iterations,
      title: `segmentation from ${labelled.length} frames`,
      checkpoint: `segmentation-${labelled.length}.safetensors`,
    },
  );

  const predict = predictLogits(student, context);
  const size = { height: inputs.data.height, width: inputs.data.width };
  const entropy: number[] = [];
  await predictEach(
    context,
    { title: 'entropy', indices: pool, load: (index) => dataset.load(index, size), predict: { logits: predict } },
    (_, { logits }) => void entropy.push(labelEntropy(logits.data, logits.shape[2])),
  );
  await predict.dispose();
  disposeNetwork(student);
  return { values: Float32Array.from(entropy), engines: { ...engines, 'predict-logits': predict.engine } };
}
