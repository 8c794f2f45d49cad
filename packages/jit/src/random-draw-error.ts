import { userLine } from './user-line.ts';

/** What draws, as the user knows it: a layer, an operation, or Math.random itself. */
function drawerIn(stack: string): string {
  const [, layer] = /at (?!Object\.)([A-Z]\w+)\.\w+ \(.*tfjs-layers/.exec(stack) ?? [];
  if (layer) return `the layer ${layer}`;
  const [, operation] = [...stack.matchAll(/(\w+?)__op \(/g)].at(-1) ?? [];
  return operation ? `tf.${operation}` : 'Math.random';
}

/** Why random numbers cannot be drawn where `stack` was taken. */
export function randomDrawError(stack: string): Error {
  const drawer = drawerIn(stack);
  const instead = drawer.startsWith('the layer')
    ? 'Draw its noise outside, pass it in as a tensor and apply it with ordinary operations (dropout: multiply by a mask of 0 and 1/(1 - rate))'
    : 'Draw outside and pass the result in as a tensor; create variables with random values before the first call, or from a seed';
  return new Error(
    `jit: ${drawer} draws random numbers inside a traced function${userLine(stack)}: they would be the same in every call. ${instead}.`,
  );
}
