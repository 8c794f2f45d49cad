import envPaths from 'env-paths';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Engines whose native libraries npm does not bring. */
export const nativeEngines = ['tensorflow', 'onnx-cuda'] as const;

export type NativeEngine = (typeof nativeEngines)[number];

/**
 * Where this user's programs keep their data: `$XDG_DATA_HOME/segsde` or `~/.local/share/segsde` on
 * Linux, `~/Library/Application Support/segsde` on macOS, `%LOCALAPPDATA%\segsde\Data` on Windows.
 */
export const dataFolder = (): string => envPaths('segsde', { suffix: '' }).data;

/** The folder of an installed engine inside a data folder. It is there, whole, or not at all. */
export const engineFolder = (dataFolder: string, name: NativeEngine): string => join(dataFolder, 'engines', name);

/** Where downloads for an engine wait until it is installed. */
export const downloadsFolder = (dataFolder: string, name: NativeEngine): string => join(dataFolder, 'downloads', name);

/** Where this process has an engine that is not whole. */
export const unfinishedFolder = (dataFolder: string, name: NativeEngine): string =>
  `${engineFolder(dataFolder, name)}.${process.pid}.tmp`;

/** Bytes of all files below a folder. */
export async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
