import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Peer } from './compare-with-peers.ts';
import { torchVersion } from './torch-version.ts';

const LAYOUTS = ['NCHW', 'channels_last'];

/**
 * PyTorch in both of its layouts.
 *
 * @param script serves the work; its arguments are the file with the start, NCHW or channels_last,
 *   and the number of threads
 * @throws if the interpreter lacks PyTorch
 */
export function pytorchPeers(script: string, python: string): Peer[] {
  const version = torchVersion(python);
  const path = fileURLToPath(new URL(`../../python/${script}`, import.meta.url));
  return LAYOUTS.map((layout) => ({
    name: `PyTorch ${version} ${layout}`,
    program: python,
    // -B: no compiled files beside the sources.
    args: (beginning) => ['-B', path, beginning, layout, String(availableParallelism())],
    optional: false,
  }));
}
