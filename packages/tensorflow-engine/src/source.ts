import type { EngineDescription } from './find-engine.ts';
import type { InstallProgress } from './install-progress.ts';
import type { Machine } from './machine.ts';
import type { Programs } from './programs.ts';

/** What a {@link Source} works with. */
export interface Workplace {
  gpu: boolean;
  machine: Machine;
  programs: Programs;
  /** Keeps what was downloaded until the engine is installed. */
  downloads: string;
  signal?: AbortSignal;
  onProgress: (progress: InstallProgress) => void;
}

/** A way to get the engine onto this machine. */
export interface Source {
  /** As in "from <name>". */
  name: string;
  /** What stands against it, in words; empty if nothing does. Changes nothing. */
  obstacles(work: Omit<Workplace, 'downloads' | 'onProgress'>): Promise<string[]>;
  /** Bytes that have to be free: what is downloaded and what it becomes. */
  space(gpu: boolean): number;
  /** Puts library and binding into `folder`. @returns the binding's path in there */
  build(folder: string, work: Workplace): Promise<Pick<EngineDescription, 'binding'>>;
}
