// For this repository's own tests of the compiler, which record and compile by themselves. Changes
// without notice.
export type { Constant, Graph, Node, Value } from './graph.ts';
export { KERNELS } from './kernels/index.ts';
export { kernelFunctions } from './kernels/kernel-functions.ts';
export { targets } from './targets.ts';
