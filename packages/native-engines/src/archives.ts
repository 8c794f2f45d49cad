import { createWriteStream, existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { Entry, Options, ZipFile } from 'yauzl';
import { EngineError } from './errors.ts';

/**
 * Writes the wanted files of some wheels below a folder.
 *
 * @param needed files that must be there afterwards
 * @throws EngineError if one is in none of the wheels, or a wheel is damaged
 */
export async function extractAll(
  wheels: readonly string[],
  folder: string,
  { needed, ...options }: ExtractOptions & { needed: readonly string[] },
): Promise<void> {
  for (const wheel of wheels) await extractFromWheel(wheel, folder, options);
  const lacking = needed.filter((file) => !existsSync(join(folder, file)));
  if (lacking.length === 0) return;
  const names = wheels.map((wheel) => basename(wheel)).join(', ') || 'what pip found';
  throw new EngineError(`${lacking.map((file) => basename(file)).join(', ')}: not in ${names}`);
}

export interface ExtractOptions {
  /** Whether the file of this name, with `/`, is wanted. */
  wanted: (name: string) => boolean;
  signal?: AbortSignal;
}

/**
 * Writes the wanted files of a wheel, which is a zip file, below a folder.
 *
 * @throws EngineError if it is no zip file or a damaged one; errors of the file system as they are
 */
async function extractFromWheel(wheel: string, folder: string, { wanted, signal }: ExtractOptions): Promise<void> {
  const damaged = (error: unknown) =>
    new EngineError(`${wheel}: is damaged (${(error as Error).message}). Delete it and give the same command again.`);
  // Only here: whoever looks for an engine loads this package, and few ever unpack one.
  const open = promisify<string, Options, ZipFile>((await import('yauzl')).open);
  const zip = await open(wheel, { lazyEntries: true, autoClose: false }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === undefined ? damaged(error) : error;
  });
  const openEntry = promisify(zip.openReadStream.bind(zip)) as (entry: Entry) => Promise<NodeJS.ReadableStream>;
  try {
    await new Promise<void>((resolve, reject) => {
      const extract = async (entry: Entry) => {
        if (!entry.fileName.endsWith('/') && wanted(entry.fileName)) {
          const path = join(folder, entry.fileName);
          await mkdir(dirname(path), { recursive: true });
          await pipeline(await openEntry(entry), createWriteStream(path), { signal });
        }
        zip.readEntry();
      };
      zip.on('entry', (entry: Entry) => void extract(entry).catch(reject));
      zip.on('end', resolve).on('error', reject);
      zip.readEntry();
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw (error as NodeJS.ErrnoException).syscall === undefined ? damaged(error) : error;
  } finally {
    zip.close();
  }
}
