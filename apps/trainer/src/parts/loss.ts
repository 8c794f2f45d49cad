import type { ConsistencyLoss, DepthLoss, SegmentationLoss } from '../steps/loss-functions.ts';
import { type Definition, definePart, type PartSpec } from './definition.ts';

export type { ConsistencyLoss, DepthLoss, SegmentationLoss };

export interface LabelLossContext {
  /** What a pixel of each class weighs, by `train.classBalance`; null: all weigh the same. */
  classWeights: readonly number[] | null;
}
export interface DepthLossContext {
  /** The depth range of the config. */
  minDepth: number;
  maxDepth: number;
  /** False before `depth.automaskFrom`: pixels that look the same unwarped are to count, too. */
  automask: boolean;
}

interface TaskOf {
  segmentation: { loss: SegmentationLoss; context: LabelLossContext };
  consistency: { loss: ConsistencyLoss; context: LabelLossContext };
  depth: { loss: DepthLoss; context: DepthLossContext };
}
export type LossTask = keyof TaskOf;

export interface LossPart<Task extends LossTask> {
  create(context: TaskOf[Task]['context']): TaskOf[Task]['loss'];
}

/**
 * A loss: `task: 'segmentation'` for `train.loss`, `'consistency'` for `unlabelled.loss`, `'depth'`
 * for `depth.loss`.
 */
export const defineLoss = <Task extends LossTask, Options>(
  spec: PartSpec<Options> & {
    task: Task;
    create(options: Options, context: TaskOf[Task]['context']): TaskOf[Task]['loss'];
  },
): Definition<`${Task} loss`, LossPart<Task>> =>
  definePart(`${spec.task} loss` as `${Task} loss`, spec, (options: Options) => ({
    create: (context) => spec.create(options, context),
  }));
