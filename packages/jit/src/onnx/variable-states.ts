import type { Variable } from '@tensorflow/tfjs-core';
import { dataVersion } from '../data-version.ts';

/** What changes when one of the variables does, assigned or written in place. */
export const variableStates = (variables: readonly Variable[]): readonly unknown[] =>
  variables.flatMap(({ dataId }) => [dataId, dataVersion(dataId)]);

export const areSameStates = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((state, i) => state === b[i]);
