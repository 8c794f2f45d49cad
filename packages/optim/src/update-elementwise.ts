import { concat, split, tidy, type Tensor, type Tensor1D, type Variable } from '@tensorflow/tfjs-core';

/** Variables of one shape, and the tensors of that shape from which their next values are made. */
export interface ElementwiseUpdate {
  targets: Variable[];
  operands: Tensor[];
}

function assign(targets: Variable[], values: Tensor[]): void {
  targets.forEach((target, i) => target.assign(values[i]));
}

/** The i-th tensors of all lists, end to end, for each i. */
const joined = (lists: Tensor[][]): Tensor[] =>
  lists[0].map((_, i) => concat(lists.map((list) => list[i] as Tensor1D)));

/**
 * Gives variables new values that depend element by element on their operands. Vectors are joined
 * and computed in one go: a network has a hundred of them, and each takes longer to look at than to
 * compute.
 *
 * @param updates as many targets and operands each; the operands' values are those before any
 *   assignment
 * @param next from the operands, the targets' next values
 */
export function updateElementwise(updates: ElementwiseUpdate[], next: (operands: Tensor[]) => Tensor[]): void {
  tidy(() => {
    const isVector = ({ operands: [first] }: ElementwiseUpdate) => first.rank === 1;
    const vectors = updates.filter(isVector);
    for (const { targets, operands } of updates.filter((update) => !isVector(update))) assign(targets, next(operands));
    if (vectors.length === 0) return;
    const sizes = vectors.map(({ operands: [first] }) => first.size);
    const values = next(joined(vectors.map(({ operands }) => operands))).map((value) => split(value, sizes));
    vectors.forEach(({ targets }, i) =>
      assign(
        targets,
        values.map((parts) => parts[i]),
      ),
    );
  });
}
