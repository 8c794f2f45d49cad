import type { Flattened } from './structure.ts';

/** The form of one call's input: where its tensors are and what shapes they have. */
export interface InputForm {
  key: string;
  tensors: readonly { path: string; spec: string }[];
}

export const inputForm = ({ key, tensors, paths }: Flattened): InputForm => ({
  key,
  tensors: tensors.map(({ dtype, shape }, i) => ({ path: paths[i], spec: `[${shape}] ${dtype}` })),
});
