/** What is run to fetch and build an engine, each by name or path. */
export interface Programs {
  /** Python 3 with pip. It only fetches; nothing of Python runs afterwards. */
  python: string;
  /** Tried in turn: the first that is there compiles the binding. */
  compilers: readonly string[];
  npm: string;
  /** The Node that loads the engine for a test. */
  node: string;
  /** Comes with NVIDIA's driver. */
  nvidiaSmi: string;
}

export const defaultPrograms: Programs = {
  python: 'python3',
  compilers: ['c++', 'g++', 'clang++'],
  npm: 'npm',
  node: process.execPath,
  nvidiaSmi: 'nvidia-smi',
};
