/** Maps the smallest value to 0 and the largest to 1; all 0 if they are the same. */
export function stretchToUnitRange(values: ArrayLike<number>): Float32Array {
  let [minimum, maximum] = [Infinity, -Infinity];
  for (let at = 0; at < values.length; at++) {
    minimum = Math.min(minimum, values[at]);
    maximum = Math.max(maximum, values[at]);
  }
  const range = maximum - minimum;
  return Float32Array.from(values, (value) => (range > 0 ? (value - minimum) / range : 0));
}
