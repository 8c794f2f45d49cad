/** Pixel counts, row by row: `counts[truth * classes + prediction]`. */
export interface ConfusionMatrix {
  classes: number;
  counts: Float64Array;
}

/** An empty confusion matrix. */
export function confusionMatrix(classes: number): ConfusionMatrix {
  return { classes, counts: new Float64Array(classes * classes) };
}
