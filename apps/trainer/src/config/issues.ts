import { didYouMean } from '@segsde/data-loaders';
import type { z } from 'zod';

/** What is wrong with a config, and where. */
export interface ConfigIssue {
  path: (string | number)[];
  message: string;
}

/** The schema inside defaults, nullables and transforms. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const definition = schema._zod.def as { innerType?: z.core.$ZodType; in?: z.core.$ZodType };
  const inner = definition.innerType ?? definition.in;
  return inner ? unwrap(inner) : schema;
}

/** The keys that an object may have at `path`, none if there is no object. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const definition = unwrap(schema)._zod.def as {
    shape?: Record<string, z.core.$ZodType>;
    element?: z.core.$ZodType;
  };
  const [first, ...rest] = path;
  if (first === undefined) return Object.keys(definition.shape ?? {});
  const child = definition.element ?? definition.shape?.[String(first)];
  return child ? knownKeys(child, rest) : [];
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') return issue.message;
  if ('input' in issue && issue.input === undefined) return 'is missing';
  if (issue.code === 'invalid_type') return `must be ${articled(issue.expected)}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map((value) => String(value)).join(', ')}`;
  const message = issue.message.replace(/^Too (small|big): expected \w+ to (be|have) /, 'must $2 ');
  return message === issue.message ? message[0].toLowerCase() + message.slice(1) : message;
}

const articled = (type: string) => {
  const names: Record<string, string> = { int: 'whole number', object: 'group of keys', array: 'list', tuple: 'list' };
  const name = names[type] ?? type;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
};

/**
 * Zod's issues, parsed with `reportInput`, in the words of the command; an unknown key comes with
 * the nearest known one.
 */
export function describeIssues(schema: z.core.$ZodType, issues: readonly z.core.$ZodIssue[]): ConfigIssue[] {
  return issues.flatMap((issue): ConfigIssue[] => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code !== 'unrecognized_keys') return [{ path, message: messageOf(issue) }];
    const known = knownKeys(schema, path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key. ${didYouMean(key, known) || `There are: ${known.join(', ')}.`}`,
    }));
  });
}

/** `train.variants[0].name` */
export function showPath(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (shown, part) => (typeof part === 'number' ? `${shown}[${part}]` : shown ? `${shown}.${part}` : part),
    '',
  );
}
