import type { Node, Value } from '../graph.ts';

/** `x` when `node` makes a mask that is 1 where `x > 0` and 0 elsewhere. */
export const maskSource = (node: Node | undefined): Value | undefined =>
  node?.kernel === 'Step' && !(node.attrs as { alpha?: number } | undefined)?.alpha ? node.inputs.x : undefined;
