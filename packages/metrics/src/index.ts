export { accumulate } from './accumulate.ts';
export { confusionMatrix, type ConfusionMatrix } from './confusion-matrix.ts';
export { depthErrors, type DepthErrorOptions, type DepthErrors } from './depth-errors.ts';
export { iouScores, type IouScores } from './iou-scores.ts';
