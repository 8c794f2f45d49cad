import * as activeLearning from '@segsde/active-learning';
import * as augmentation from '@segsde/augmentation';
import * as dataLoaders from '@segsde/data-loaders';
import * as losses from '@segsde/losses';
import * as models from '@segsde/models';
import * as ops from '@segsde/ops';
import * as optim from '@segsde/optim';
import * as tfCore from '@tensorflow/tfjs-core';
import * as tfLayers from '@tensorflow/tfjs-layers';
import { createJiti } from 'jiti';
import { existsSync } from 'node:fs';
import * as uniformFloat64 from 'pure-rand/distribution/uniformFloat64';
import * as uniformInt from 'pure-rand/distribution/uniformInt';
import * as zod from 'zod';
import * as trainer from '../index.ts';
import { showFile } from '../files/show-file.ts';
import { UserError } from '../files/user-error.ts';
import { type AnyDefinition, type Registries, register } from './registries.ts';

/**
 * A module of one's own shares these with the command: two copies of TensorFlow.js would not see
 * each other's tensors.
 */
const shared = {
  '@segsde/active-learning': activeLearning,
  '@segsde/augmentation': augmentation,
  '@segsde/data-loaders': dataLoaders,
  '@segsde/losses': losses,
  '@segsde/models': models,
  '@segsde/ops': ops,
  '@segsde/optim': optim,
  '@segsde/trainer': trainer,
  '@tensorflow/tfjs-core': tfCore,
  '@tensorflow/tfjs-layers': tfLayers,
  'pure-rand/distribution/uniformFloat64': uniformFloat64,
  'pure-rand/distribution/uniformInt': uniformInt,
  zod,
};

const isDefinition = (value: unknown, registries: Registries): value is AnyDefinition =>
  typeof value === 'object' && value !== null && 'kind' in value && String(value.kind) in registries;

/**
 * Registers what the modules export, by default or by name.
 *
 * @param paths absolute
 * @param saidAt where the config names the module, for messages
 * @throws UserError
 */
export async function loadModules(
  registries: Registries,
  paths: readonly string[],
  saidAt: (index: number) => string,
): Promise<void> {
  const jiti = createJiti(import.meta.url, { virtualModules: shared, interopDefault: false });
  for (const [index, path] of paths.entries()) {
    const at = `${saidAt(index)}: ${showFile(path)}`;
    if (!existsSync(path)) throw new UserError(`${at}: no such file`);
    let exported: Record<string, unknown>;
    try {
      exported = await jiti.import(path);
    } catch (error) {
      throw new UserError(`${at}: cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
    }
    const values = new Set(Object.values(exported).flat());
    const definitions = [...values].filter((value) => isDefinition(value, registries));
    if (definitions.length === 0) {
      throw new UserError(
        `${at}: exports nothing that a define function made, e.g. export default defineMixing({ ... })`,
      );
    }
    for (const definition of definitions) {
      try {
        register(registries, definition);
      } catch (error) {
        throw error instanceof UserError ? new UserError(`${at}: ${error.message}`) : error;
      }
    }
  }
}
