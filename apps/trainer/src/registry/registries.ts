import { didYouMean } from '@segsde/data-loaders';
import { UserError } from '../run/user-error.ts';
import type {
  AcquisitionDefinition,
  DatasetDefinition,
  DecoderDefinition,
  Definition,
  EncoderDefinition,
  LossDefinition,
  MixingDefinition,
  OptimizerDefinition,
  ScheduleDefinition,
} from './definition.ts';

/** One map by name for each kind of part. */
export interface Registries {
  encoder: Map<string, EncoderDefinition>;
  decoder: Map<string, DecoderDefinition>;
  loss: Map<string, LossDefinition>;
  mixing: Map<string, MixingDefinition>;
  acquisition: Map<string, AcquisitionDefinition>;
  dataset: Map<string, DatasetDefinition>;
  schedule: Map<string, ScheduleDefinition>;
  optimizer: Map<string, OptimizerDefinition>;
}
export type Kind = keyof Registries;

export const kindNames: Record<Kind, string> = {
  encoder: 'encoder',
  decoder: 'decoder',
  loss: 'loss',
  mixing: 'mixing rule',
  acquisition: 'acquisition function',
  dataset: 'dataset',
  schedule: 'schedule',
  optimizer: 'optimizer',
};

export function createRegistries(definitions: readonly Definition[]): Registries {
  const registries: Registries = {
    encoder: new Map(),
    decoder: new Map(),
    loss: new Map(),
    mixing: new Map(),
    acquisition: new Map(),
    dataset: new Map(),
    schedule: new Map(),
    optimizer: new Map(),
  };
  for (const definition of definitions) register(registries, definition);
  return registries;
}

/** @throws UserError when the name is taken */
export function register(registries: Registries, definition: Definition): void {
  const registry: Map<string, Definition> = registries[definition.kind];
  if (registry.has(definition.name)) {
    throw new UserError(
      `there is a ${kindNames[definition.kind]} "${definition.name}" already; give yours another name`,
    );
  }
  registry.set(definition.name, definition);
}

/** What to say about a name that no definition of this kind has. */
export function unknownPart(kind: Kind, name: string, known: readonly string[]): string {
  return `unknown ${kindNames[kind]} "${name}". ${didYouMean(name, known)}`;
}

type DefinitionOf<K extends Kind> = Registries[K] extends Map<string, infer D> ? D : never;

/** @throws UserError with the nearest known name */
export function lookUp<K extends Kind>(registries: Registries, kind: K, name: string): DefinitionOf<K> {
  const registry: Map<string, DefinitionOf<K>> = registries[kind] as Map<string, DefinitionOf<K>>;
  const definition = registry.get(name);
  if (!definition) throw new UserError(unknownPart(kind, name, [...registry.keys()]));
  return definition;
}
