import { z } from 'zod';
import type { Case } from './manifest.ts';

/**
 * An option that says how inputs were made. The inputs come with the case, or are hashed, so
 * nothing is computed from it.
 */
export const ofInputs = z.unknown().optional();

const madeOf = {
  ...{ seed: ofInputs, net: ofInputs, enc: ofInputs, dilated: ofInputs, N: ofInputs, B: ofInputs, H: ofInputs },
  ...{ W: ofInputs, ht: ofInputs, wt: ofInputs, fh: ofInputs, fw: ofInputs, feat: ofInputs, batches: ofInputs },
  ...{ n_cur: ofInputs, coarse: ofInputs, shift: ofInputs, noise: ofInputs, diff: ofInputs, amp: ofInputs },
  ...{ zero_frac: ofInputs, absent_both: ofInputs, absent_gt: ofInputs, init: ofInputs, pre: ofInputs },
  ...{ bias: ofInputs, rot: ofInputs, trans: ofInputs, tx: ofInputs, K: ofInputs, disp_lo: ofInputs },
  disp_hi: ofInputs,
  // These stand in `weights` as well, which is where they are read.
  ...{ weight_prefix: ofInputs, teacher_prefix: ofInputs, teacher_scale: ofInputs },
};

/**
 * Schema of a case's options: the given keys, and those that say how inputs were made. Another key
 * is noted and goes on: it may describe inputs in a way that is new here, and if it asks for
 * something that is left undone, the numbers differ. Inside of these keys nothing is unknown.
 */
export const caseOptions = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.looseObject({ ...madeOf, ...shape });

const keysOf = (schema: z.ZodType): string[] | undefined =>
  'shape' in schema.def ? Object.keys(schema.def.shape as object) : undefined;

const describe = (issue: z.core.$ZodIssue): string => {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => [...path, key].join('.'));
    return `option ${names.join(', ')} is not supported`;
  }
  return `option ${path.join('.')}: ${issue.message}`;
};

/**
 * A case's options, checked.
 *
 * @throws Error that names the case and each option that is missing, wrong or not supported
 */
export function readOptions<Schema extends z.ZodType>(
  { name, options }: Pick<Case, 'name' | 'options'>,
  schema: Schema,
): z.output<Schema> {
  const parsed = schema.safeParse(options);
  const known = keysOf(schema);
  for (const key of known ? Object.keys(options).filter((key) => !known.includes(key)) : []) {
    console.warn(`Case ${name}: option ${key} is not known here; nothing is computed from it.`);
  }
  if (parsed.success) return parsed.data;
  throw new Error(`Case ${name}: ${parsed.error.issues.map(describe).join('; ')}.`, { cause: parsed.error });
}
