import { labelEntropy } from '@segsde/active-learning';
import type { Dataset } from '@segsde/data-loaders';
import { dispose } from '@tensorflow/tfjs-core';
import type { StageContext } from '../../run/stage.ts';
import { predictLogits } from '../../steps/predict-logits.ts';
import { imageTensor } from '../batches/tensors.ts';
import { inBatches } from '../data/in-batches.ts';
import { trainSegmentation } from '../segmentation/train-segmentation.ts';
import type { Scores, SelectionNeeds } from '../selection.ts';

/** How undecided a segmentation that has learnt from the chosen frames is about each frame (METHOD 5.3, "ent"). */
export async function segmentationEntropy(
  context: StageContext,
  { dataset, chosen, ...needs }: SelectionNeeds & { dataset: Dataset; chosen: number[] },
): Promise<Scores<Float32Array>> {
  const { config, engine, signal } = context;
  const { data, selection } = config;
  const { student, engines } = await trainSegmentation(context, {
    ...{ dataset, labelled: chosen, ...needs },
    variant: { init: 'random', unlabelled: null },
    iterations: selection.student.iterations,
    title: `segmentation from ${chosen.length} frames`,
    checkpoint: `segmentation-${chosen.length}.safetensors`,
  });

  const predict = predictLogits(student, { engine });
  const progress = context.progress('entropy', dataset.ids.length);
  const entropy = new Float32Array(dataset.ids.length);
  const load = (index: number) => dataset.load(index, { height: data.height, width: data.width });
  for await (const { start, samples, filled } of inBatches(dataset.ids.length, { batchSize: 4, load })) {
    signal.throwIfAborted();
    const image = imageTensor(filled.map((sample) => sample.image));
    const logits = await predict(image);
    const values = await logits.data<'float32'>();
    const length = values.length / filled.length;
    samples.forEach((_, i) => {
      entropy[start + i] = labelEntropy(values.subarray(i * length, (i + 1) * length), logits.shape[3]);
    });
    dispose([image, logits]);
    progress.update(start + samples.length);
  }
  progress.done();
  predict.dispose();
  student.encoder.dispose();
  student.decoder.dispose();
  return { values: entropy, engines: { ...engines, 'predict-logits': predict.engine } };
}
