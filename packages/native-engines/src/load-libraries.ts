/** glibc: found when first called; stays in the process although Node closes what is no addon. */
const [RTLD_LAZY, RTLD_NODELETE] = [0x1, 0x1000];

/**
 * Loads shared libraries that are no addons into this process, on Linux. Libraries that come later
 * and want one of these, by the name that it has for itself, get it, wherever it lies.
 *
 * @param paths absolute, each after those that it needs itself
 * @throws the loader's error if one cannot be loaded
 */
export function loadLibraries(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      process.dlopen({ exports: {} }, path, RTLD_LAZY | RTLD_NODELETE);
    } catch (error) {
      if (!(error as Error).message.startsWith('Module did not self-register')) throw error;
    }
  }
}
