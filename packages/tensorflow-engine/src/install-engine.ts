import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder } from './data-folder.ts';
import { DownloadInterrupted } from './download-file.ts';
import { EngineError } from './engine-error.ts';
import { downloadsFolder, engineFolder, unfinishedFolder } from './engine-folder.ts';
import { type EngineDescription, type EngineLocation, findEngine, type InstalledEngine } from './find-engine.ts';
import type { InstallProgress } from './install-progress.ts';
import { lackOfSpace } from './lack-of-space.ts';
import type { Machine } from './machine.ts';
import { prebuiltSource, TFJS_NODE_HOST } from './prebuilt-source.ts';
import { defaultPrograms, type Programs } from './programs.ts';
import { removeLeftovers } from './remove-leftovers.ts';
import type { Source, Workplace } from './source.ts';
import { type EngineTest, testEngine } from './test-engine.ts';
import { wheelSource } from './wheel-source.ts';

export interface InstallOptions extends EngineLocation {
  /** A library that can use a CUDA card. Default: one for CPUs. */
  gpu?: boolean;
  /** Ends the installation; it undoes itself and throws the signal's reason. */
  signal?: AbortSignal;
  onProgress?: (progress: InstallProgress) => void;
  /** What to run in place of `python3`, `c++`, `npm`. */
  programs?: Partial<Programs>;
  /** What the engine is for. Default: this machine. */
  machine?: Machine;
  /** Where tfjs-node's own binaries are, e.g. a mirror. Default: where its install script gets them. */
  host?: string;
}

export interface Installation {
  engine: InstalledEngine;
  /** What the engine did in its test; undefined if it was there before, and nothing was done. */
  test: EngineTest | undefined;
}

/** Puts the engine together beside its place, tests it there, then moves it. @throws EngineError */
async function assemble(source: Source, data: string, work: Workplace): Promise<EngineTest> {
  const folder = unfinishedFolder(data);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { binding } = await source.build(folder, work);
  work.onProgress({ kind: 'step', text: 'testing the engine with a training step' });
  const { programs, signal, gpu } = work;
  const test = await testEngine({ binding: join(folder, binding) }, { signal, node: programs.node });
  const description: EngineDescription = { binding, library: test.library, gpu, mixedPrecision: false };
  await writeFile(join(folder, 'engine.json'), `${JSON.stringify(description, null, 2)}\n`);
  signal?.throwIfAborted();
  await rename(folder, engineFolder(data));
  return test;
}

/**
 * Installs TensorFlow's library and tfjs-node's binding for this user: tfjs-node's own binaries where their host can be reached, otherwise the binding is
 * built here against the library of TensorFlow's Python wheel. Nothing is installed unless a training step through it works; whatever goes wrong, nothing
 * is left behind, but for downloads that broke off: the next call goes on from there. If an engine is installed already, nothing is done.
 *
 * @throws EngineError that says what is missing or what went wrong; errors of the file system, such as a full disk, as they are
 */
export async function installEngine({
  data = dataFolder(),
  gpu = false,
  signal,
  onProgress = () => undefined,
  programs = {},
  machine = process,
  host = TFJS_NODE_HOST,
}: InstallOptions = {}): Promise<Installation> {
  const present = findEngine({ data });
  if (present && gpu && !present.gpu) {
    throw new EngineError(
      `${present.folder}: an engine without CUDA is installed. Run \`segsde engine remove tensorflow\` first.`,
    );
  }
  if (present) return { engine: present, test: undefined };

  const downloads = downloadsFolder(data);
  const all = { ...defaultPrograms, ...programs };
  const work: Workplace = { gpu, machine, programs: all, downloads, signal, onProgress };
  const failures: string[] = [];
  let keepDownloads = false;
  try {
    await removeLeftovers(data);
    for (const source of [prebuiltSource(host), wheelSource]) {
      onProgress({ kind: 'step', text: `trying ${source.name}` });
      const obstacles = await source.obstacles(work);
      const lack = await lackOfSpace(data, source.space(gpu));
      if (lack) obstacles.push(lack);
      if (obstacles.length > 0) {
        failures.push(`${source.name}: ${obstacles.join('; ')}`);
        continue;
      }
      try {
        const test = await assemble(source, data, work);
        return { engine: findEngine({ data })!, test };
      } catch (error) {
        if (!(error instanceof EngineError) || error instanceof DownloadInterrupted) throw error;
        failures.push(`${source.name}: ${error.message}`);
      }
    }
  } catch (error) {
    keepDownloads = error instanceof DownloadInterrupted || signal?.aborted === true;
    throw error;
  } finally {
    if (!keepDownloads) await rm(downloads, { recursive: true, force: true });
    await removeLeftovers(data);
  }
  throw new EngineError(`TensorFlow cannot be installed here. ${failures.map((text) => `From ${text}.`).join(' ')}`);
}
