import type { Graph, Value } from '../graph.ts';

/** How many nodes, results and assignments look at each value, by its id. */
export function usesOf({ nodes, outputs, states }: Graph): Map<number, number> {
  const uses = new Map<number, number>();
  const count = (values: Iterable<Value>) => {
    for (const { id } of new Set(values)) uses.set(id, (uses.get(id) ?? 0) + 1);
  };
  for (const { inputs } of nodes) count(Object.values(inputs));
  for (const output of outputs) count([output]);
  for (const { next } of states) if (next) count([next]);
  return uses;
}
