import type { Graph } from '../graph.ts';

/** The ids of all values of a graph. */
export const everyId = ({ inputs, constants, states, nodes }: Graph): number[] => [
  ...inputs.map(({ id }) => id),
  ...constants.map(({ value }) => value.id),
  ...states.map(({ value }) => value.id),
  ...nodes.flatMap(({ outputs }) => outputs.map(({ id }) => id)),
];
