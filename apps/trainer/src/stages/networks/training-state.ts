import type { Variable } from '@tensorflow/tfjs-core';
import type { Optimizer } from '@segsde/optim';

interface Stateful {
  stateDict: Map<string, Variable>;
}

/** Everything that a training step changes, under names that do not depend on what else was built in the process. */
export function trainingState(networks: Record<string, Stateful>, optimizer: Optimizer): Map<string, Variable> {
  const state = new Map<string, Variable>();
  for (const [prefix, { stateDict }] of Object.entries(networks)) {
    for (const [key, variable] of stateDict) state.set(`${prefix}.${key}`, variable);
  }
  optimizer.state.forEach((variable, slot) => state.set(`optimizer.${slot}`, variable));
  return state;
}
