import { didYouMean } from '@segsde/data-loaders';
import { UserError } from '../files/user-error.ts';
import type { AcquisitionPart } from './acquisition.ts';
import type { DatasetPart } from './dataset.ts';
import type { DepthDecoderPart, SegmentationDecoderPart } from './decoder.ts';
import type { Definition } from './definition.ts';
import type { EncoderPart } from './encoder.ts';
import type { LossPart } from './loss.ts';
import type { MixingPart } from './mixing.ts';
import type { OptimizerPart } from './optimizer.ts';
import type { SchedulePart } from './schedule.ts';

/** The kinds of parts, by their names in messages, and what recipes use of each. */
export interface Kinds {
  encoder: EncoderPart;
  'depth decoder': DepthDecoderPart;
  'segmentation decoder': SegmentationDecoderPart;
  'segmentation loss': LossPart<'segmentation'>;
  'consistency loss': LossPart<'consistency'>;
  'depth loss': LossPart<'depth'>;
  'mixing rule': MixingPart;
  'acquisition function': AcquisitionPart;
  dataset: DatasetPart;
  schedule: SchedulePart;
  optimizer: OptimizerPart;
}
export type Kind = keyof Kinds;

type DefinitionOf<K extends Kind> = Definition<K, Kinds[K]>;
export type AnyDefinition = { [K in Kind]: DefinitionOf<K> }[Kind];

/** Definitions by name, for each kind. */
export type Registries = { readonly [K in Kind]: Map<string, DefinitionOf<K>> };

/** A part as a config holds it: its name, its options with defaults, and what it does with them. */
export type Part<K extends Kind> = Kinds[K] & {
  readonly name: string;
  readonly options: object;
  /** As the YAML would say it; fingerprints and the resolved config are made of this. */
  toJSON(): object;
};

export function createRegistries(definitions: readonly AnyDefinition[]): Registries {
  const registries: Registries = {
    encoder: new Map(),
    'depth decoder': new Map(),
    'segmentation decoder': new Map(),
    'segmentation loss': new Map(),
    'consistency loss': new Map(),
    'depth loss': new Map(),
    'mixing rule': new Map(),
    'acquisition function': new Map(),
    dataset: new Map(),
    schedule: new Map(),
    optimizer: new Map(),
  };
  for (const definition of definitions) register(registries, definition);
  return registries;
}

/** @throws UserError when the name is taken */
export function register(registries: Registries, definition: AnyDefinition): void {
  const registry: Map<string, AnyDefinition> = registries[definition.kind];
  if (registry.has(definition.name)) {
    throw new UserError(`there is a ${definition.kind} "${definition.name}" already; give yours another name`);
  }
  registry.set(definition.name, definition);
}

/** A part, or what to say about its name or one of its options. */
export type BoundPart<K extends Kind> =
  | { success: true; part: Part<K> }
  | { success: false; unknown: string }
  | {
      success: false;
      options: DefinitionOf<K>['options'];
      issues: Extract<ReturnType<DefinitionOf<K>['check']>, { success: false }>['issues'];
    };

/** Looks a part up and checks its options. */
export function bindPart<K extends Kind>(
  registries: Registries,
  kind: K,
  { name, ...options }: { name: string; [option: string]: unknown },
): BoundPart<K> {
  const registry: Map<string, DefinitionOf<K>> = registries[kind];
  const definition = registry.get(name);
  if (!definition) {
    return { success: false, unknown: `unknown ${kind} "${name}". ${didYouMean(name, [...registry.keys()])}` };
  }
  const checked = definition.check(options);
  if (!checked.success) return { success: false, options: definition.options, issues: checked.issues };
  const { bound, written } = checked;
  return { success: true, part: { ...bound, name, options: written, toJSON: () => ({ name, ...written }) } };
}
