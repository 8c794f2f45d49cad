/** One axis of a convolution or pooling. */
export interface WindowAxis {
  input: number;
  output: number;
  /** Positions that one window spans, dilation included. */
  window: number;
  stride: number;
  /** Zeros before the first position. */
  before: number;
}

/** What TensorFlow calls a padding, or how much of it there must be on either side of each axis. */
export type WindowPadding = 'SAME' | 'VALID' | [before: number, after: number][];

/** How to ask TensorFlow for windows that lie as `axes` say. */
export function windowPadding(axes: readonly WindowAxis[]): WindowPadding {
  const amounts = axes.map(({ input, output, window, stride, before }): [number, number] => {
    const total = Math.max(0, (output - 1) * stride + window - input);
    return [before, Math.max(0, total - before)];
  });
  if (amounts.flat().every((amount) => amount === 0)) return 'VALID';
  const same = axes.every(
    ({ input, output, stride, before }, i) =>
      output === Math.ceil(input / stride) && before === Math.floor((before + amounts[i][1]) / 2),
  );
  return same ? 'SAME' : amounts;
}
