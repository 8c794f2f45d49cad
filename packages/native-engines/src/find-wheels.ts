import { forSomePython } from './for-some-python.ts';
import type { Machine } from './machine.ts';
import { runProgram } from './run-program.ts';

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
export async function findWheels({
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
