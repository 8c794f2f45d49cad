import type { ConfusionMatrix } from './confusion-matrix.ts';

/** Shares in 0..1, not percent. */
export interface IouScores {
  /** Intersection over union of each class; NaN for a class that is neither there nor predicted. */
  perClass: number[];
  /** Mean of `perClass` over the classes that are there or predicted (mIoU). */
  mean: number;
  /** Share of the pixels that are right. */
  accuracy: number;
  /** Mean over the classes that are there of the share of their pixels that is right. */
  meanAccuracy: number;
  /** `perClass` weighted by how many pixels each class has. */
  frequencyWeighted: number;
}

/** Scores of everything accumulated so far; all NaN for an empty matrix. */
export function iouScores({ classes, counts }: ConfusionMatrix): IouScores {
  const ids = Array.from({ length: classes }, (_, id) => id);
  const sumOver = (value: (id: number) => number) => ids.reduce((total, id) => total + value(id), 0);

  const right = ids.map((id) => counts[id * classes + id]);
  const there = ids.map((truth) => sumOver((prediction) => counts[truth * classes + prediction]));
  const predicted = ids.map((prediction) => sumOver((truth) => counts[truth * classes + prediction]));
  const pixels = sumOver((id) => there[id]);

  const perClass = ids.map((id) => right[id] / (there[id] + predicted[id] - right[id]));
  return {
    perClass,
    mean: meanOfNumbers(perClass),
    accuracy: sumOver((id) => right[id]) / pixels,
    meanAccuracy: meanOfNumbers(ids.map((id) => right[id] / there[id])),
    frequencyWeighted: sumOver((id) => (there[id] > 0 ? there[id] * perClass[id] : 0)) / pixels,
  };
}

function meanOfNumbers(values: number[]): number {
  const numbers = values.filter((value) => !Number.isNaN(value));
  return numbers.reduce((total, value) => total + value, 0) / numbers.length;
}
