import type { DataId } from '@tensorflow/tfjs-core';

const versions = new WeakMap<DataId, number>();

/**
 * Goes up when the numbers behind `dataId` change in place, as those of variables do between runs.
 */
export const dataVersion = (dataId: DataId): number => versions.get(dataId) ?? 0;

/**
 * Says that the numbers behind `dataId` are others from now on, so that engines that hold a copy
 * fetch it again.
 */
export function dataChanged(dataId: DataId): void {
  versions.set(dataId, dataVersion(dataId) + 1);
}
