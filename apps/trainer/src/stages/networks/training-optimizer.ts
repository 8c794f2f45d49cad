import { lossScaling, type Optimizer, type ParameterGroup } from '@segsde/optim';
import type { Config } from '../../config/schema.ts';
import type { Choice } from '../../registry/choice.ts';
import { lookUp, type Registries } from '../../registry/registries.ts';
import type { StepEngine } from '../../steps/step-engine.ts';

/** The optimiser that a config chooses, and what the config's `precision` means for the step that uses it. */
export function trainingOptimizer(
  { config: { precision }, registries }: { config: Pick<Config, 'precision'>; registries: Registries },
  choice: Choice,
  groups: ParameterGroup[],
): { optimizer: Optimizer } & Pick<StepEngine, 'mixedPrecision'> {
  const optimizer = lookUp(registries, 'optimizer', choice.name).create(choice, groups);
  if (precision === 'float32') return { optimizer };
  // bfloat16 has the range of float32: no gradient is too small for it.
  if (precision === 'bfloat16') return { optimizer, mixedPrecision: precision };
  const variables = groups.flatMap((group) => group.variables);
  return { optimizer: lossScaling(optimizer, { variables }), mixedPrecision: precision };
}
