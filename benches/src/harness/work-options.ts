import type { JitOptions } from '@segsde/jit';

/** What runs our side of a work, and in which numbers. */
export type WorkOptions = Required<Pick<JitOptions, 'engine'>> & Pick<JitOptions, 'mixedPrecision'>;
