import type { Engine } from '@segsde/jit';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Fixture } from './fixture.ts';

/**
 * Results in PyTorch's layout by the manifest's output names; a list, `null` for a missing tensor,
 * where the manifest keeps a pack.
 */
export type Outputs = Record<string, ArrayLike<number> | (ArrayLike<number> | null)[]>;

/** Nested plain data of tensors. */
export type TensorTree = Tensor | TensorTree[] | { [name: string]: TensorTree };

/** What an adapter gets: the case's numbers and the engine to run on. */
export interface Context extends Fixture {
  engine: Engine;
}

/**
 * Computes everything that the manifest lists for a case of one kind, with the public functions of
 * the packages.
 */
export type Adapter = (context: Context) => Promise<Outputs> | Outputs;
