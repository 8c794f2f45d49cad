import type { Schedule } from './schedule.ts';

/**
 * Multiplies the first iterations of another schedule by something smaller: always `factor`, or `linear`ly rising from `factor` to 1. The other schedule counts
 * from the start.
 *
 * @param opts `mode` 'linear', `factor` 0.2
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
