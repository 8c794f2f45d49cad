import { Tensor } from '@tensorflow/tfjs-core';
import { bytesOf } from './byte-tensor.ts';

/** Tensors in plain objects and arrays, nested at will. */
export type Nested = Tensor | null | undefined | readonly Nested[] | { readonly [key: string]: Nested };

/**
 * A nested structure with its tensors taken out; `key` is equal for structures of the same form.
 */
export interface Flattened {
  tensors: Tensor[];
  /** Where each of them is: `the input.labelled.image`. */
  paths: string[];
  key: string;
  /** The structure again, with other tensors in the same places. */
  rebuild(tensors: readonly Tensor[]): unknown;
}

/**
 * @throws if `structure` holds a disposed tensor or anything but tensors in plain objects and
 *   arrays; `where` names it in the message
 */
export function flatten(structure: unknown, where: string): Flattened {
  const tensors: Tensor[] = [];
  const paths: string[] = [];
  type Build = (tensors: readonly Tensor[]) => unknown;
  const visit = (item: unknown, path: string): { key: string; build: Build } => {
    if (item instanceof Tensor) {
      if (item.isDisposed) throw new Error(`jit: ${path} has been disposed. Dispose inputs after the call.`);
      const index = tensors.push(item) - 1;
      paths.push(path);
      return { key: `${bytesOf(item) ? 'uint8' : item.dtype}[${item.shape}]`, build: (all) => all[index] };
    }
    if (item === null || item === undefined) return { key: String(item), build: () => item };
    if (Array.isArray(item)) {
      const parts = item.map((part, i) => visit(part, `${path}[${i}]`));
      return { key: `[${parts.map(({ key }) => key).join()}]`, build: (all) => parts.map(({ build }) => build(all)) };
    }
    if (typeof item === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(item))) {
      const parts = Object.entries(item).map(([name, part]) => ({ name, ...visit(part, `${path}.${name}`) }));
      return {
        key: `{${parts.map(({ name, key }) => `${name}:${key}`).join()}}`,
        build: (all) => Object.fromEntries(parts.map(({ name, build }) => [name, build(all)])),
      };
    }
    if (item instanceof Promise)
      throw new Error(
        `jit: ${path} is a promise. Compiled functions must not be async: await before the call or after it.`,
      );
    throw new Error(
      `jit: ${path} is ${typeof item === 'object' ? 'an instance of a class' : `a ${typeof item}`}; only tensors in plain objects and arrays can go in and out of a compiled function. Wrap numbers in tf.scalar().`,
    );
  };
  const { key, build } = visit(structure, where);
  return { tensors, paths, key, rebuild: build };
}
