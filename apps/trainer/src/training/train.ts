import { dispose, type Variable } from '@tensorflow/tfjs-core';
import type { Optimizer } from '@segsde/optim';
import type { Loader } from '../data/loader.ts';
import { type Iterations, type LoopContext, runIterations } from './iterations.ts';

interface Stateful {
  stateDict: Map<string, Variable>;
}

export interface Training extends Omit<Iterations, 'state'> {
  /** Everything that learns, by the names that it has in checkpoints. */
  networks: Record<string, Stateful>;
  optimizer: Optimizer;
  loaders: readonly Loader[];
  /** Compiled steps. */
  steps: readonly { dispose(): Promise<void> }[];
}

/**
 * Everything that a training step changes, under names that do not depend on what else was built in
 * the process.
 */
function stateOf(networks: Record<string, Stateful>, optimizer: Optimizer): Map<string, Variable> {
  const state = new Map<string, Variable>();
  for (const [prefix, { stateDict }] of Object.entries(networks)) {
    for (const [key, variable] of stateDict) state.set(`${prefix}.${key}`, variable);
  }
  optimizer.state.forEach((variable, slot) => state.set(`optimizer.${slot}`, variable));
  return state;
}

/**
 * The frame of every training: runs its iterations, see {@link runIterations}, then frees what only
 * they needed. The networks stay.
 */
export async function train(
  context: LoopContext,
  { networks, optimizer, loaders, steps, ...iterations }: Training,
): Promise<void> {
  try {
    await runIterations(context, { ...iterations, state: stateOf(networks, optimizer) });
  } finally {
    await Promise.all([...loaders.map((loader) => loader.close()), ...steps.map((step) => step.dispose())]);
    dispose(optimizer.state);
  }
}
