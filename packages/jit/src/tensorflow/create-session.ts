import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TensorId, TensorflowBinding } from './binding.ts';

/** A TensorFlow session with a graph of its own. Whoever gets a tensor from it deletes it. */
export interface Session {
  run(inputs: readonly TensorId[], inputNames: readonly string[], outputNames: readonly string[]): TensorId[];
  release(): void;
}

/** @param model the bytes of a `saved_model.pb` */
export function createSession(model: Uint8Array, binding: TensorflowBinding): Session {
  // The binding loads models from folders only.
  const folder = mkdtempSync(join(tmpdir(), 'segsde-jit-'));
  let session: number;
  try {
    writeFileSync(join(folder, 'saved_model.pb'), model);
    session = binding.loadSavedModel(folder, 'serve');
  } finally {
    rmSync(folder, { recursive: true });
  }
  return {
    run: (inputs, inputNames, outputNames) =>
      binding.runSavedModel(session, inputs, inputNames.join(), outputNames.join()).map(({ id }) => id),
    release: () => binding.deleteSavedModel(session),
  };
}
