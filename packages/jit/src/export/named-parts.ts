/** A plain nested structure's parts with their names, and the way back. */
export interface NamedParts<Part> {
  /** Keys joined by dots, `fallback` where the structure is a single part. */
  readonly names: readonly string[];
  readonly parts: readonly Part[];
  /** The structure again, with other parts in the same places. */
  rebuild(parts: readonly unknown[]): unknown;
}

/**
 * Names the parts of a nested structure of plain objects and arrays after their keys: `{ image }`
 * has `image`, `{ depth: [a, b] }` has `depth.0` and `depth.1`.
 *
 * @param fallback the name of a structure that is itself a part, and what numbers are put behind in
 *   an array
 * @throws if something is neither a part nor a plain object or array
 */
export function namedParts<Part>(
  structure: unknown,
  isPart: (item: unknown) => item is Part,
  fallback: string,
): NamedParts<Part> {
  const [names, parts]: [string[], Part[]] = [[], []];
  type Build = (parts: readonly unknown[]) => unknown;
  const visit = (item: unknown, path: readonly string[]): Build => {
    if (isPart(item)) {
      names.push(path.length === 0 ? fallback : /^\d/.test(path[0]) ? [fallback, ...path].join('.') : path.join('.'));
      const index = parts.push(item) - 1;
      return (all) => all[index];
    }
    if (Array.isArray(item)) {
      const builds = item.map((inner, i) => visit(inner, [...path, String(i)]));
      return (all) => builds.map((build) => build(all));
    }
    if (typeof item === 'object' && item !== null && [Object.prototype, null].includes(Object.getPrototypeOf(item))) {
      const builds = Object.entries(item).map(([key, inner]) => [key, visit(inner, [...path, key])] as const);
      return (all) => Object.fromEntries(builds.map(([key, build]) => [key, build(all)]));
    }
    throw new Error(
      `exportOnnx: ${[fallback, ...path].join('.')} is nothing that a model can take or return; see the docs of exportOnnx`,
    );
  };
  const rebuild = visit(structure, []);
  return { names, parts, rebuild };
}
