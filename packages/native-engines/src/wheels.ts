import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadFile, unreachableBecause } from './download.ts';
import { EngineError } from './errors.ts';
import { runProgram } from './programs.ts';
import type { InstallProgress, Machine } from './source.ts';

/**
 * A Python that has wheels of everything, for machines whose own is too old or too new: of the
 * wheels only libraries are used, which is the same for all.
 */
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

/**
 * Works with what this machine's own Python takes or, where pip finds nothing for it, with pip's
 * arguments for another one.
 */
async function forSomePython<T>(machine: Machine, work: (extra: string[]) => Promise<T>): Promise<T> {
  try {
    return await work([]);
  } catch (error) {
    if (error instanceof EngineError && /No matching distribution/.test(error.message))
      return work(foreignPython(machine));
    throw error;
  }
}

export interface Wheel {
  /** `http:`, `https:` or `file:`. */
  url: string;
  fileName: string;
  /** Hexadecimal, where the index says it. */
  sha256?: string;
}

export interface WheelSearch {
  /** Python 3. */
  python: string;
  /** What pip is asked for, e.g. `tensorflow-cpu==2.21.*`. */
  requirement: string;
  /** Whether what the requirement itself requires is looked for too. */
  dependencies: boolean;
  /** Which of the found wheels are wanted, by file name. */
  wanted: (fileName: string) => boolean;
  machine: Machine;
  signal?: AbortSignal;
}

interface PipReport {
  install: { download_info: { url: string; archive_info?: { hash?: string; hashes?: { sha256?: string } } } }[];
}

/**
 * Asks pip, with the user's own configuration, where it would fetch wheels from. Installs nothing.
 *
 * @throws EngineError with pip's complaint if there are none
 */
async function findWheels({
  python,
  requirement,
  dependencies,
  wanted,
  machine,
  signal,
}: WheelSearch): Promise<Wheel[]> {
  const answer = await forSomePython(machine, (extra) =>
    runProgram(
      python,
      [
        ...['-m', 'pip', 'install', '--dry-run', '--ignore-installed', '--quiet', '--disable-pip-version-check'],
        ...['--no-input', '--report=-', ...(dependencies ? [] : ['--no-deps'])],
        // pip wants a target where wheels are not for this Python; a dry run does not write there.
        ...(extra.length > 0 ? [...extra, '--target=unused'] : []),
        requirement,
      ],
      { signal },
    ),
  );
  const { install } = JSON.parse(answer) as PipReport;
  return install
    .map(({ download_info: { url, archive_info } }) => ({
      url,
      fileName: decodeURIComponent(new URL(url).pathname.split('/').at(-1)!),
      sha256: archive_info?.hashes?.sha256 ?? /^sha256=(.*)$/.exec(archive_info?.hash ?? '')?.[1],
    }))
    .filter(({ fileName }) => wanted(fileName));
}

export interface FetchOptions {
  /** Where downloads go. */
  folder: string;
  onProgress: (progress: InstallProgress) => void;
}

const isLocal = ({ url }: Wheel) => url.startsWith('file:');

/**
 * Why the found wheels cannot be downloaded without pip: a proxy, a password, a certificate that
 * only pip knows.
 */
async function whyNotDirectly(wheels: readonly Wheel[], signal?: AbortSignal): Promise<string | undefined> {
  const hosts = new Map(wheels.filter((wheel) => !isLocal(wheel)).map(({ url }) => [new URL(url).host, url]));
  for (const url of hosts.values()) {
    const reason = await unreachableBecause(url, signal);
    if (reason) return reason;
  }
  return undefined;
}

async function throughPip(
  { python, requirement, dependencies, wanted, machine, signal }: WheelSearch,
  { folder, onProgress }: FetchOptions,
  reason: string,
): Promise<string[]> {
  onProgress({ kind: 'step', text: `${reason}, so pip downloads ${requirement}, silently` });
  const target = join(folder, 'pip');
  await mkdir(target, { recursive: true });
  await forSomePython(machine, (extra) =>
    runProgram(
      python,
      [
        ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-input', '--dest', target],
        ...(dependencies ? [] : ['--no-deps']),
        ...[...extra, requirement],
      ],
      { signal },
    ),
  );
  return (await readdir(target)).filter(wanted).map((name) => join(target, name));
}

/**
 * Gets the wheels that a search finds. Downloads them by itself, so that an interrupted download
 * can go on and progress can be shown; where pip is too old to name their addresses, or only pip
 * knows the way there, it has pip download them.
 *
 * @returns their paths; wheels that are on this machine already are left where they are
 */
export async function fetchWheels(search: WheelSearch, options: FetchOptions): Promise<string[]> {
  const { folder, onProgress } = options;
  const { signal } = search;
  onProgress({ kind: 'step', text: `asking pip for ${search.requirement}` });
  const wheels = await findWheels(search).catch((error) => {
    // --report came with pip 22.2.
    if (error instanceof EngineError && /no such option/.test(error.message)) return undefined;
    throw error;
  });
  if (!wheels) return throughPip(search, options, 'pip is too old to tell where wheels are');
  const reason = await whyNotDirectly(wheels, signal);
  if (reason) return throughPip(search, options, reason);
  const paths: string[] = [];
  for (const wheel of wheels) {
    const { url, fileName, sha256 } = wheel;
    if (isLocal(wheel)) {
      paths.push(fileURLToPath(url));
      continue;
    }
    const path = join(folder, fileName);
    await downloadFile(
      { url, path, sha256 },
      { signal, onProgress: (received, total) => onProgress({ kind: 'download', fileName, received, total }) },
    );
    paths.push(path);
  }
  return paths;
}
