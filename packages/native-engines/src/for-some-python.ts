import { EngineError } from './engine-error.ts';
import type { Machine } from './machine.ts';

/** A Python that has wheels of everything, for machines whose own is too old or too new: of the wheels only libraries are used, which is the same for all. */
const FOREIGN_PYTHON = '3.12';

/** pip's arguments that ask for wheels of {@link FOREIGN_PYTHON} for a machine. */
function foreignPython({ arch }: Machine): string[] {
  const machine = arch === 'arm64' ? 'aarch64' : 'x86_64';
  const platforms = ['manylinux_2_28', 'manylinux_2_27', 'manylinux_2_17', 'manylinux2014'].map(
    (name) => `${name}_${machine}`,
  );
  return [
    `--python-version=${FOREIGN_PYTHON}`,
    '--implementation=cp',
    `--abi=cp${FOREIGN_PYTHON.replace('.', '')}`,
    '--abi=abi3',
    '--abi=none',
    ...platforms.map((platform) => `--platform=${platform}`),
    '--only-binary=:all:',
    // Otherwise pip compares with the Python that it runs on.
    '--ignore-requires-python',
  ];
}

/** Works with what this machine's own Python takes or, where pip finds nothing for it, with pip's arguments for another one. */
export async function forSomePython<T>(machine: Machine, work: (extra: string[]) => Promise<T>): Promise<T> {
  try {
    return await work([]);
  } catch (error) {
    if (error instanceof EngineError && /No matching distribution/.test(error.message))
      return work(foreignPython(machine));
    throw error;
  }
}
