import { dispose } from '@tensorflow/tfjs-core';
import type { Dataset } from '@segsde/data-loaders';
import type { Engine } from '@segsde/jit';
import { accumulate, confusionMatrix, iouScores } from '@segsde/metrics';
import type { Stage, StageContext } from '../run/stage.ts';
import { predictLabels } from '../steps/predict-labels.ts';
import { imageTensor } from './batches/tensors.ts';
import { inBatches } from './data/in-batches.ts';
import { openData } from './data/open-data.ts';
import { labelFile, writeLabel } from './evaluation/label-file.ts';
import { segmentationNetwork } from './networks/segmentation-network.ts';
import { loadTrained } from './networks/trained-segmentation.ts';

export interface VariantScores {
  mIoU: number;
  accuracy: number;
  /** By class name; null where the class occurs neither in the truth nor in the prediction. */
  classes: Record<string, number | null>;
}

export interface EvaluationResult {
  variants: Record<string, VariantScores>;
  engines: Record<string, Engine>;
}

/** Scores every variant on the validation frames and keeps its predictions as label PNGs. */
export function evaluationStage(needs: { scenes: Stage | undefined; segmentation: Stage[] }): Stage<EvaluationResult> {
  const { scenes, segmentation } = needs;
  return {
    name: 'evaluation',
    title: 'evaluate',
    needs: [...(scenes ? [scenes] : []), ...segmentation],
    inputs: ({ engine, data, evaluate, train }) => ({ engine, data, evaluate, variants: train.variants }),
    async run(context) {
      const { config, engine } = context;
      const dataset = await openData(context, config.data, { split: config.data.valSplit, scenes });
      // One network and one compiled form for all variants.
      const network = segmentationNetwork(context, { classes: dataset.classes.length });
      const predict = predictLabels(network, { engine });
      const variants: Record<string, VariantScores> = {};
      for (const [i, { name, unlabelled }] of config.train.variants.entries()) {
        const which = unlabelled ? config.evaluate.network : 'student';
        await loadTrained(network, { folder: context.folderOf(segmentation[i]), which });
        variants[name] = await score(context, { dataset, name, predict });
      }
      predict.dispose();
      network.encoder.dispose();
      network.decoder.dispose();
      return { variants, engines: { 'predict-labels': predict.engine } };
    },
  };
}

async function score(
  context: StageContext,
  { dataset, name, predict }: { dataset: Dataset; name: string; predict: ReturnType<typeof predictLabels> },
): Promise<VariantScores> {
  const { config, folder, signal } = context;
  const { data, evaluate } = config;
  const matrix = confusionMatrix(dataset.classes.length);
  const pixels = data.height * data.width;

  const progress = context.progress(`evaluate ${name}`, dataset.ids.length);
  const load = (index: number) => dataset.load(index, { height: data.height, width: data.width, label: true });
  for await (const { start, samples, filled } of inBatches(dataset.ids.length, {
    batchSize: evaluate.batchSize,
    load,
  })) {
    signal.throwIfAborted();
    const image = imageTensor(filled.map((sample) => sample.image));
    const labels = await predict(image);
    const values = Uint8Array.from(await labels.data());
    for (const [i, { id, label }] of samples.entries()) {
      const predicted = values.subarray(i * pixels, (i + 1) * pixels);
      accumulate(matrix, label!.data, predicted);
      await writeLabel(labelFile(folder, name, id), { ...label!, data: predicted });
    }
    dispose([image, labels]);
    progress.update(start + samples.length);
  }
  progress.done();

  const { mean, accuracy, perClass } = iouScores(matrix);
  const byName = dataset.classes.map(
    ({ name }, i) => [name, Number.isFinite(perClass[i]) ? perClass[i] : null] as const,
  );
  return { mIoU: mean, accuracy, classes: Object.fromEntries(byName) };
}
