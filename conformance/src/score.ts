import type { TestResult } from './run-suite.ts';

/** What a target achieves, as it is committed in `expected-TARGET.json`. */
export interface Score {
  /** Passed tests of each spec file. */
  files: Record<string, number>;
  /** Tests that a kernel takes part in: passed, failed. */
  kernels: Record<string, [passed: number, failed: number]>;
}

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

export function scoreOf(results: readonly TestResult[]): Score {
  const files: Score['files'] = {};
  const kernels: Score['kernels'] = {};
  for (const { file, status, kernels: called } of results) {
    if (status === 'left out') continue;
    files[file] = (files[file] ?? 0) + Number(status === 'passed');
    for (const kernel of called) {
      const counts = (kernels[kernel] ??= [0, 0]);
      counts[status === 'passed' ? 0 : 1]++;
    }
  }
  return { files: sorted(files), kernels: sorted(kernels) };
}

/**
 * Spec files of which fewer tests pass than are expected to, among those whose name contains
 * `matching`.
 */
export function losses(expected: Score, actual: Score, matching: string): string[] {
  return Object.entries(expected.files)
    .filter(([file, passed]) => file.includes(matching) && (actual.files[file] ?? 0) < passed)
    .map(([file, passed]) => `${file}: ${actual.files[file] ?? 0} tests pass, ${passed} did`);
}
