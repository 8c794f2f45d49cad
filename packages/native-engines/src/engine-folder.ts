import { join } from 'node:path';
import type { NativeEngine } from './native-engine.ts';

/** The folder of an installed engine inside a data folder. It is there, whole, or not at all. */
export const engineFolder = (dataFolder: string, name: NativeEngine): string => join(dataFolder, 'engines', name);

/** Where downloads for an engine wait until it is installed. */
export const downloadsFolder = (dataFolder: string, name: NativeEngine): string => join(dataFolder, 'downloads', name);

/** Where this process has an engine that is not whole. */
export const unfinishedFolder = (dataFolder: string, name: NativeEngine): string =>
  `${engineFolder(dataFolder, name)}.${process.pid}.tmp`;
