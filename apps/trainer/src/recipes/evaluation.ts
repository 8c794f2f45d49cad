import type { Dataset } from '@segsde/data-loaders';
import type { Engine } from '@segsde/jit';
import { accumulate, confusionMatrix, iouScores } from '@segsde/metrics';
import { datasetRef, openDataset } from '../data/dataset.ts';
import { disposeNetwork } from '../networks/dispose-network.ts';
import { loadSegmentation, segmentationNetwork } from '../networks/segmentation-network.ts';
import { labelFile, writeLabel } from '../report/label-file.ts';
import type { VariantScores } from '../report/report.ts';
import { defineStage, type Stage, type StageContext } from '../run/stage.ts';
import { predictLabels } from '../steps/predict-labels.ts';
import { predictEach } from './predict-each.ts';

export interface EvaluationResult {
  variants: Record<string, VariantScores>;
  engines: Record<string, Engine>;
}

/** Scores every variant on the validation frames, and keeps its predictions as label PNGs. */
export function evaluationStage({
  scenes,
  segmentation,
}: {
  scenes: Stage | undefined;
  segmentation: Stage[];
}): Stage<EvaluationResult> {
  return defineStage({
    name: 'evaluation',
    title: 'evaluate',
    needs: [...(scenes ? [scenes] : []), ...segmentation],
    inputs: ({ seed, engine, data, model, evaluate, train }) => ({
      ...{ seed, engine, data, model, evaluate, variants: train.variants },
    }),
    async run(context, { seed, data, model, evaluate, variants }): Promise<EvaluationResult> {
      const { batchSize } = evaluate;
      const dataset = await openDataset(
        datasetRef(data, { split: data.valSplit, scenes: scenes && context.folderOf(scenes) }),
      );
      // One network and one compiled form for all variants.
      const network = segmentationNetwork({ model, classes: dataset.classes.length, seed });
      const predict = predictLabels(network, context);
      const scores: Record<string, VariantScores> = {};
      for (const [i, { name, unlabelled }] of variants.entries()) {
        const which = unlabelled ? evaluate.network : 'student';
        await loadSegmentation(network, { folder: context.folderOf(segmentation[i]), which });
        scores[name] = await score(context, { dataset, name, predict, batchSize, size: data });
      }
      await predict.dispose();
      disposeNetwork(network);
      return { variants: scores, engines: { 'predict-labels': predict.engine } };
    },
  });
}

interface ScoreOptions {
  dataset: Dataset;
  name: string;
  predict: ReturnType<typeof predictLabels>;
  batchSize: number;
  size: { height: number; width: number };
}

async function score(
  context: StageContext,
  { dataset, name, predict, batchSize, size: { height, width } }: ScoreOptions,
): Promise<VariantScores> {
  const matrix = confusionMatrix(dataset.classes.length);
  await predictEach(
    context,
    {
      ...{ title: `evaluate ${name}`, indices: [...dataset.ids.keys()], batchSize },
      load: (index) => dataset.load(index, { height, width, label: true }),
      predict: { labels: predict },
    },
    async ({ id, label }, { labels }) => {
      const predicted = Uint8Array.from(labels.data);
      accumulate(matrix, label!.data, predicted);
      await writeLabel(labelFile(context.folder, name, id), { ...label!, data: predicted });
    },
  );

  const { mean, accuracy, perClass } = iouScores(matrix);
  const byName = dataset.classes.map(
    ({ name }, i) => [name, Number.isFinite(perClass[i]) ? perClass[i] : null] as const,
  );
  return { mIoU: mean, accuracy, classes: Object.fromEntries(byName) };
}
