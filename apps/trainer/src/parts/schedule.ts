import { type Definition, definePart, type PartSpec } from './definition.ts';

/** The factor on the learning rates at an iteration, counted from 0. */
export type Schedule = (iteration: number) => number;

export interface SchedulePart {
  create(context: { iterations: number }): Schedule;
}

/**
 * A schedule of the learning rate; `context.iterations` is the length of the training it is used
 * in.
 */
export const defineSchedule = <Options>(
  spec: PartSpec<Options> & { create(options: Options, context: { iterations: number }): Schedule },
): Definition<'schedule', SchedulePart> =>
  definePart('schedule', spec, (options: Options) => ({ create: (context) => spec.create(options, context) }));
