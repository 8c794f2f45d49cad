import type { Choice } from '../registry/choice.ts';
import type { LossDefinition, LossTask } from '../registry/definition.ts';
import { lookUp } from '../registry/registries.ts';
import type { StageContext } from '../run/stage.ts';

type DefinitionFor<Task extends LossTask> = Extract<LossDefinition, { task: Task }>;

const isFor = <Task extends LossTask>(definition: LossDefinition, task: Task): definition is DefinitionFor<Task> =>
  definition.task === task;

/**
 * The loss that the config names for a task.
 *
 * @param classWeights see `LossContext`
 */
export function lossFor<Task extends LossTask>(
  { config, registries }: Pick<StageContext, 'config' | 'registries'>,
  task: Task,
  choice: Choice,
  classWeights: readonly number[] | null = null,
): ReturnType<DefinitionFor<Task>['create']> {
  const definition = lookUp(registries, 'loss', choice.name);
  if (!isFor(definition, task)) throw new Error(`loss "${choice.name}" is for ${definition.task}, not ${task}`);
  const { minDepth, maxDepth } = config.depth ?? { minDepth: 0.1, maxDepth: 100 };
  return definition.create(choice, { minDepth, maxDepth, classWeights }) as ReturnType<DefinitionFor<Task>['create']>;
}
