export { jit } from './jit.ts';
export type { Engine, JitOptions, Jitted } from './jit.ts';
