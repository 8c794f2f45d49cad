import type { Engine, JitOptions } from '@segsde/jit';

/** What runs a compiled step, and in which numbers. */
export interface StepEngine {
  engine: Engine;
  /** In which numbers of 16 bits convolutions compute, see `jit`. Default: float32 throughout. */
  mixedPrecision?: JitOptions['mixedPrecision'];
}
