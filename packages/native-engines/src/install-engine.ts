import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cudaSource } from './cuda.ts';
import { DownloadInterrupted } from './download.ts';
import { BrokenEngine, EngineError } from './errors.ts';
import { type EngineDescription, type EngineLocation, findEngine, type InstalledEngine } from './find-engine.ts';
import { dataFolder, downloadsFolder, engineFolder, type NativeEngine, unfinishedFolder } from './folders.ts';
import { lackOfSpace } from './obstacles.ts';
import { defaultPrograms, type Programs } from './programs.ts';
import { removeLeftovers } from './remove-engine.ts';
import type { InstallProgress, Machine, Source, Workplace } from './source.ts';
import { prebuiltSource, TFJS_NODE_HOST, wheelSource } from './tensorflow.ts';
import { type EngineTest, testEngine } from './test-engine.ts';

export interface EngineRecipe {
  /** As in "<title> cannot be installed here". */
  title: string;
  /** Ways to get it, tried in turn. `host`: where tfjs-node's own binaries are. */
  sources(host: string): Source[];
  /** Whether it is for a card, whatever is asked for. */
  needsCard: boolean;
}

export const engineRecipes: Record<NativeEngine, EngineRecipe> = {
  tensorflow: {
    title: 'TensorFlow',
    sources: (host) => [prebuiltSource(host), wheelSource],
    needsCard: false,
  },
  'onnx-cuda': {
    title: "ONNX Runtime's CUDA provider",
    sources: () => [cudaSource],
    needsCard: true,
  },
};

export interface InstallOptions extends EngineLocation {
  /** TensorFlow's library that can use a CUDA card. Default: the one for CPUs. */
  gpu?: boolean;
  /**
   * The engine is for another machine like this one: no card is looked for, and nothing is tried.
   */
  elsewhere?: boolean;
  /** Ends the installation; it undoes itself and throws the signal's reason. */
  signal?: AbortSignal;
  onProgress?: (progress: InstallProgress) => void;
  /** What to run in place of `python3`, `c++`, `npm`, `nvidia-smi`. */
  programs?: Partial<Programs>;
  /** What the engine is for. Default: this machine. */
  machine?: Machine;
  /**
   * Where tfjs-node's own binaries are, e.g. a mirror. Default: where its install script gets them.
   */
  host?: string;
}

export interface Installation {
  engine: InstalledEngine;
  /**
   * What the engine did in its test; undefined if it was there before, and nothing was done, or is
   * for elsewhere.
   */
  test: EngineTest | undefined;
}

/**
 * What stands against installing an engine from Python's package index on this machine, in words;
 * empty if nothing does. Asks nothing of the network and changes nothing.
 */
export async function installObstacles(
  name: NativeEngine,
  {
    data = dataFolder(),
    gpu = false,
    elsewhere = false,
    signal,
    programs = {},
    machine = process,
  }: Omit<InstallOptions, 'onProgress' | 'host'> = {},
): Promise<string[]> {
  const fromWheels = engineRecipes[name].sources(TFJS_NODE_HOST).at(-1)!;
  const obstacles = await fromWheels.obstacles({
    ...{ gpu, elsewhere, machine, signal },
    programs: { ...defaultPrograms, ...programs },
  });
  const lack = await lackOfSpace(data, fromWheels.space(gpu));
  return lack ? [...obstacles, lack] : obstacles;
}

/** Puts the engine together beside its place, tests it there, then moves it. @throws EngineError */
async function assemble(
  name: NativeEngine,
  source: Source,
  data: string,
  work: Workplace,
): Promise<EngineTest | undefined> {
  const folder = unfinishedFolder(data, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { binding, before, library } = await source.build(folder, work);
  const { programs, signal, gpu, elsewhere } = work;
  const [absolute, ...absoluteBefore] = [binding, ...before].map((path) => join(folder, path));
  let test: EngineTest | undefined;
  if (!elsewhere) {
    work.onProgress({ kind: 'step', text: 'testing the engine with a training step' });
    test = await testEngine({ name, binding: absolute, before: absoluteBefore }, { signal, node: programs.node });
  }
  const description: EngineDescription = {
    ...{ binding, before, library: test?.library ?? library, gpu, mixedPrecision: false },
  };
  await writeFile(join(folder, 'engine.json'), `${JSON.stringify(description, null, 2)}\n`);
  signal?.throwIfAborted();
  await rename(folder, engineFolder(data, name));
  return test;
}

/**
 * Installs an engine for this user. `tensorflow`: tfjs-node's own binaries where their host can be
 * reached, otherwise the binding is built here against the library of TensorFlow's Python wheel.
 * `onnx-cuda`: ONNX Runtime's CUDA provider and NVIDIA's libraries from Python's package index.
 * Nothing is installed unless a training step through it works; whatever goes wrong, nothing is
 * left behind, but for downloads that broke off: the next call goes on from there. If the engine is
 * installed already, nothing is done.
 *
 * @throws EngineError that says what is missing or what went wrong; errors of the file system, such
 *   as a full disk, as they are
 */
export async function installEngine(
  name: NativeEngine,
  {
    data = dataFolder(),
    gpu: asked = false,
    elsewhere = false,
    signal,
    onProgress = () => undefined,
    programs = {},
    machine = process,
    host = TFJS_NODE_HOST,
  }: InstallOptions = {},
): Promise<Installation> {
  const { title, sources, needsCard } = engineRecipes[name];
  const gpu = asked || needsCard;
  const present = findEngine(name, { data });
  if (present && gpu && !present.gpu) {
    throw new BrokenEngine(name, `${present.folder}: an engine without CUDA is installed.`);
  }
  if (present) return { engine: present, test: undefined };

  const downloads = downloadsFolder(data, name);
  const all = { ...defaultPrograms, ...programs };
  const work: Workplace = { gpu, elsewhere, machine, programs: all, downloads, signal, onProgress };
  const failures: string[] = [];
  let keepDownloads = false;
  try {
    await removeLeftovers(data);
    for (const source of sources(host)) {
      onProgress({ kind: 'step', text: `trying ${source.name}` });
      const obstacles = await source.obstacles(work);
      const lack = await lackOfSpace(data, source.space(gpu));
      if (lack) obstacles.push(lack);
      if (obstacles.length > 0) {
        failures.push(`${source.name}: ${obstacles.join('; ')}`);
        continue;
      }
      try {
        const test = await assemble(name, source, data, work);
        return { engine: findEngine(name, { data })!, test };
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
  throw new EngineError(`${title} cannot be installed here. ${failures.map((text) => `From ${text}.`).join(' ')}`);
}
