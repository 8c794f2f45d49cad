import { targets as compiled } from '@segsde/jit/internal';
import type { Compile } from './lazy-backend.ts';

/**
 * What the recordings are compiled for; `eager` is TensorFlow.js's own backend, to tell what the
 * tests themselves are worth.
 */
export const targets: Record<string, Compile | undefined> = { ...compiled, eager: undefined };
