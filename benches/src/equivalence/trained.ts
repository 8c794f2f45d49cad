/** What a training run tells at its end. */
export interface Trained {
  /** Of each iteration. */
  supervised: number[];
  consistency: number[];
  /** Pixel counts of the student on the validation scenes, `[truth * classes + prediction]`. */
  confusion: number[];
}
