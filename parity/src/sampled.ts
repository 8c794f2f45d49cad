/**
 * The 64 elements and the statistics (mean, population standard deviation, L2 norm) that storage
 * 'sampled' keeps of a tensor.
 */
export function sampled(values: ArrayLike<number>): { samples: number[]; stats: number[] } {
  const count = values.length;
  const samples = Array.from({ length: 64 }, (_, k) => values[Math.floor((k * (count - 1)) / 63)]);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    sum += values[i];
    squares += values[i] ** 2;
  }
  const mean = sum / count;
  let deviations = 0;
  for (let i = 0; i < count; i++) deviations += (values[i] - mean) ** 2;
  return { samples, stats: [mean, Math.sqrt(deviations / count), Math.sqrt(squares)] };
}
