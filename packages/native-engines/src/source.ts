import type { EngineDescription } from './find-engine.ts';
import type { Programs } from './programs.ts';

/**
 * What an installation is doing. A `download` comes many times for each file; its numbers are
 * bytes.
 */
export type InstallProgress =
  { kind: 'step'; text: string } | { kind: 'download'; fileName: string; received: number; total: number | undefined };

/** What an engine is for, in Node's words. */
export interface Machine {
  /** `linux`, `darwin`, `win32`, ... */
  platform: string;
  /** `x64`, `arm64`, ... */
  arch: string;
}

/** What a {@link Source} works with. */
export interface Workplace {
  gpu: boolean;
  /** The engine is for another machine like this one: a card's driver need not be here. */
  elsewhere: boolean;
  machine: Machine;
  programs: Programs;
  /** Keeps what was downloaded until the engine is installed. */
  downloads: string;
  signal?: AbortSignal;
  onProgress: (progress: InstallProgress) => void;
}

/** A way to get an engine onto this machine. */
export interface Source {
  /** As in "from <name>". */
  name: string;
  /** What stands against it, in words; empty if nothing does. Changes nothing. */
  obstacles(work: Omit<Workplace, 'downloads' | 'onProgress'>): Promise<string[]>;
  /** Bytes that have to be free: what is downloaded and what it becomes. */
  space(gpu: boolean): number;
  /**
   * Puts all libraries into `folder`. @returns the paths of those that a process loads, in there,
   * and their version
   */
  build(folder: string, work: Workplace): Promise<Pick<EngineDescription, 'binding' | 'before' | 'library'>>;
}
