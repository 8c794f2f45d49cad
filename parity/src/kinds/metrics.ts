import { accumulate, confusionMatrix, iouScores } from '@segsde/metrics';
import { z } from 'zod';
import type { Adapter } from '../context.ts';
import { caseOptions, readOptions } from '../read-options.ts';

const schema = caseOptions({ C: z.number().int().positive() });

/** The confusion matrix of several batches and the scores that follow from it. */
export const metrics: Adapter = (context) => {
  const { C: classes } = readOptions(context.case, schema);
  const matrix = confusionMatrix(classes);
  for (let batch = 0; context.hasInput(`gt.${batch}`); batch++) {
    accumulate(matrix, context.input(`gt.${batch}`).data, context.input(`pred.${batch}`).data);
  }
  const scores = iouScores(matrix);
  return {
    confusion: matrix.counts,
    'score.Overall_Acc': [scores.accuracy],
    'score.Mean_Acc': [scores.meanAccuracy],
    'score.FreqW_Acc': [scores.frequencyWeighted],
    'score.Mean_IoU': [scores.mean],
    class_iou: scores.perClass,
  };
};
