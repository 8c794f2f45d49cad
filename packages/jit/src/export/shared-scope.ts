/**
 * What stands before the last part of a name: `encoder.conv1.` of `encoder.conv1.weight`, `dense/`
 * of `dense/kernel`.
 */
export const scopeOf = (name: string): string => /^.*[./]/.exec(name)?.[0] ?? '';

/** The longest scope that all names share. */
export function sharedScope(names: readonly string[]): string {
  let scope = scopeOf(names[0]);
  while (!names.every((name) => name.startsWith(scope))) scope = scopeOf(scope.slice(0, -1));
  return scope;
}
