import { parseDocument } from 'yaml';
import { UserError } from '../files/user-error.ts';
import { isGroup } from './merge.ts';

/** One `--set path=value`. */
export interface Override {
  /** As typed, for messages. */
  text: string;
  path: (string | number)[];
  value: unknown;
}

/** `train.variants[0].name=mine`; the value is YAML. @throws UserError */
export function parseOverride(text: string): Override {
  const equals = text.indexOf('=');
  const path = text.slice(0, Math.max(equals, 0)).trim();
  if (!/^[\w-]+(\.[\w-]+|\[\d+\])*$/.test(path)) {
    throw new UserError(`--set ${text}: must look like train.iterations=500`);
  }
  const document = parseDocument(text.slice(equals + 1));
  if (document.errors.length > 0) {
    throw new UserError(`--set ${text}: the value is not YAML: ${document.errors[0].message.split('\n')[0]}`);
  }
  return {
    text,
    path: path.match(/[\w-]+/g)!.map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
    value: document.toJS(),
  };
}

/**
 * A copy of `target` with the value at its path; groups on the way are created. @throws UserError
 */
export function applyOverride(target: unknown, { text, path, value }: Override): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const inner = { text, path: rest, value };
  if (Array.isArray(target)) {
    if (typeof key !== 'number' || key >= target.length) {
      throw new UserError(`--set ${text}: there is no element ${key}; the list has ${target.length}`);
    }
    return target.with(key, applyOverride(target[key], inner));
  }
  // `resnet` is short for `{ name: resnet }`.
  const group = isGroup(target) ? target : typeof target === 'string' ? { name: target } : {};
  return { ...group, [key]: applyOverride(group[key], inner) };
}
