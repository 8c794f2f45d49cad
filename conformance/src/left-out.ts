/** Tests that say nothing about a compiled engine. Everything else counts. */
export interface LeftOut {
  /** The spec file, without `_test`. */
  file: string | RegExp;
  /** Matches the test's full name; without it the whole file is left out. */
  test?: RegExp;
  /** Only on these targets. */
  reason: string;
}

export const LEFT_OUT: readonly LeftOut[] = [
  { file: /^io\/|^platforms\/|^browser_util$|^device_util$/, reason: 'files, browsers, devices: no tensors' },
];

export const leftOut = (file: string, test: string): LeftOut | undefined =>
  LEFT_OUT.find(
    (entry) =>
      (typeof entry.file === 'string' ? entry.file === file : entry.file.test(file)) &&
      (entry.test?.test(test) ?? true),
  );
