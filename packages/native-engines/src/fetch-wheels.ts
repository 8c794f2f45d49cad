import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadFile } from './download-file.ts';
import { EngineError } from './engine-error.ts';
import { findWheels, type Wheel, type WheelSearch } from './find-wheels.ts';
import { forSomePython } from './for-some-python.ts';
import type { InstallProgress } from './install-progress.ts';
import { runProgram } from './run-program.ts';
import { unreachableBecause } from './unreachable-because.ts';

export interface FetchOptions {
  /** Where downloads go. */
  folder: string;
  onProgress: (progress: InstallProgress) => void;
}

const isLocal = ({ url }: Wheel) => url.startsWith('file:');

/** Why the found wheels cannot be downloaded without pip: a proxy, a password, a certificate that only pip knows. */
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
 * Gets the wheels that a search finds. Downloads them by itself, so that an interrupted download can go on and progress can be shown; where pip is too
 * old to name their addresses, or only pip knows the way there, it has pip download them.
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
