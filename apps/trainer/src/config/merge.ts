/** A group of keys, as YAML gives it. */
export type Group = Record<string, unknown>;

export function isGroup(value: unknown): value is Group {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A part given by name replaces a part of another name, options and all. */
const replaces = (over: Group, base: Group) => 'name' in over && 'name' in base && over.name !== base.name;

/**
 * `over` on top of `base`: groups are merged key by key, everything else is replaced, lists too.
 */
export function merge(base: Group, over: Group): Group {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    const deeper = isGroup(value) && (isGroup(below) || typeof below === 'string');
    // `encoder: resnet` below `encoder: { width: 32 }` means the resnet with that width.
    const group = typeof below === 'string' ? { name: below } : below;
    merged[key] = deeper && isGroup(group) && !replaces(value, group) ? merge(group, value) : value;
  }
  return merged;
}
