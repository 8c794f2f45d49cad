import type { Tensor } from '@tensorflow/tfjs-core';
import { hwioToOihw, nhwcToNchw } from './layout.ts';
import { variableOf, type StateDict } from './load-weights.ts';
import type { TableRow } from './manifest.ts';

/** Values of an image or feature map in PyTorch's layout. */
export const readImages = async (tensor: Tensor): Promise<ArrayLike<number>> =>
  nhwcToNchw({ data: await tensor.data(), shape: tensor.shape }).data;

/** Values of a parameter (or its gradient) in PyTorch's layout. */
export const readParameter = async (tensor: Tensor): Promise<ArrayLike<number>> => {
  const data = await tensor.data();
  return tensor.rank === 4 ? hwioToOihw({ data, shape: tensor.shape }).data : data;
};

/** Parameters or buffers in the order of a table. */
export const readState = (state: StateDict, rows: TableRow[]): Promise<ArrayLike<number>[]> =>
  Promise.all(rows.map((row) => readParameter(variableOf(state, row))));

/** Gradients by variable name in the order of a table; `null` where there is none. */
export const readGradients = (
  grads: Record<string, Tensor>,
  state: StateDict,
  rows: TableRow[],
): Promise<(ArrayLike<number> | null)[]> =>
  Promise.all(
    rows.map(async (row) => {
      const gradient = grads[variableOf(state, row).name];
      return gradient ? readParameter(gradient) : null;
    }),
  );
