import { tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import { readSafetensors, type StoredTensor, writeSafetensors } from '@segsde/models';
import { existsSync } from 'node:fs';
import { showFile } from '../files/show-file.ts';
import { UserError } from '../files/user-error.ts';
import { explainFileError } from '../files/write-atomically.ts';

/**
 * Puts the values of the checkpoint at `path` into `state`.
 *
 * @returns its iteration, 0 if there is no checkpoint
 * @throws UserError if the file is damaged or does not hold exactly this state
 */
export async function readCheckpoint(path: string, state: ReadonlyMap<string, Variable>): Promise<number> {
  if (!existsSync(path)) return 0;
  const remedy = 'Delete it to begin that stage again';
  const { tensors, metadata } = await readSafetensors(path).catch((error: unknown) => {
    throw new UserError(`${(error as Error).message} ${remedy}.`, { cause: error });
  });
  const misfit = [...state].find(([name, { shape }]) => String(tensors.get(name)?.shape) !== String(shape));
  if (misfit || tensors.size !== state.size) {
    const what = misfit
      ? `has no ${misfit[0]} of shape [${misfit[1].shape.join(', ')}]`
      : 'holds more than the networks';
    throw new UserError(`${showFile(path)}: ${what}, so it comes from another version or config. ${remedy}.`);
  }
  for (const [name, variable] of state) {
    const { data, shape } = tensors.get(name)!;
    tidy(() => variable.assign(tensor(Float32Array.from(data as Float32Array), shape, variable.dtype)));
  }
  return Number(metadata.iteration);
}

/** Values that a checkpoint must not hold, by name; undefined if all are finite. */
function firstNotFinite(tensors: Map<string, StoredTensor>): string | undefined {
  for (const [name, { data }] of tensors) {
    if (data instanceof Float32Array && !data.every(Number.isFinite)) return name;
  }
  return undefined;
}

/**
 * Saves `state` in one file, which appears whole or not at all.
 *
 * @throws UserError when the disk is full, or when a value is not finite; an earlier checkpoint
 *   stays as it was
 */
export async function writeCheckpoint(
  path: string,
  state: ReadonlyMap<string, Variable>,
  iteration: number,
): Promise<void> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, variable] of state) {
    tensors.set(name, { dtype: 'F32', shape: variable.shape, data: Float32Array.from(await variable.data()) });
  }
  const broken = firstNotFinite(tensors);
  if (broken) {
    throw new UserError(
      `${broken} is not finite after iteration ${iteration}; the last checkpoint is kept (${showFile(path)}). A lower learning rate or a bound on the gradient norm (clipNorm) usually helps.`,
    );
  }
  try {
    await writeSafetensors(path, tensors, { iteration: String(iteration) });
  } catch (error) {
    throw explainFileError((error as Error).cause ?? error, path);
  }
}
