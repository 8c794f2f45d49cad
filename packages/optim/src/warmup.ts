import type { Schedule } from './schedule.ts';

/**
 * Starts another schedule gently: its factor is multiplied during the first `iterations` by
 * `factor`, in mode `constant`, or by a number that rises linearly from `factor` to 1, in mode
 * `linear`.
 *
 * @param opts `iterations`, counted from 0; `mode` ('linear'); `factor` in 0..1 (0.2)
 * @param schedule counts its iterations from the start, too
 */
export function warmup(
  { iterations, mode = 'linear', factor = 0.2 }: { iterations: number; mode?: 'linear' | 'constant'; factor?: number },
  schedule: Schedule,
): Schedule {
  return (iteration) => {
    if (iteration >= iterations) return schedule(iteration);
    const risen = mode === 'linear' ? iteration / iterations : 0;
    return (factor + (1 - factor) * risen) * schedule(iteration);
  };
}
