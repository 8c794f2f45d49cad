import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

/** What an author says about any part. */
export interface PartSpec<Options> {
  /** Its name in the YAML. */
  name: string;
  /**
   * Schema of an object: the keys that may stand beside the name. Left out, the part has no
   * options.
   */
  options?: z.ZodType<Options>;
}

/** A part whose options are checked, or what is wrong with them. */
export type Checked<Bound> =
  { success: true; bound: Bound; written: object } | { success: false; issues: readonly z.core.$ZodIssue[] };

/** A part that a config can name; the define functions make them, one function for each kind. */
export interface Definition<Kind extends string, Bound extends object> {
  readonly kind: Kind;
  readonly name: string;
  readonly options: z.ZodType;
  /** Checks options as the YAML gives them, once, and binds the part to them. */
  check(given: object): Checked<Bound>;
}

/**
 * The options to write into a run's resolved config: with defaults filled in, unless the schema
 * transforms its input, so that its output would not pass it again.
 */
function writable(schema: z.ZodType, given: object, parsed: object): object {
  const again = schema.safeParse(parsed);
  return again.success && isDeepStrictEqual(again.data, parsed) ? parsed : given;
}

/**
 * The one way in which all kinds of parts are defined.
 *
 * @param bind makes what recipes use from checked options
 */
export function definePart<Kind extends string, Options, Bound extends object>(
  kind: Kind,
  { name, options: schema = z.strictObject({}) as z.ZodType }: { name: string; options?: z.ZodType },
  bind: (options: Options) => Bound,
): Definition<Kind, Bound> {
  return {
    kind,
    name,
    options: schema,
    check(given) {
      const parsed = schema.safeParse(given, { reportInput: true });
      if (!parsed.success) return { success: false, issues: parsed.error.issues };
      const options = parsed.data as Options & object;
      return { success: true, bound: bind(options), written: writable(schema, given, options) };
    },
  };
}
