import { join } from 'node:path';

/** The folder of the installed engine inside a data folder. It is there, whole, or not at all. */
export const engineFolder = (dataFolder: string): string => join(dataFolder, 'engines', 'tensorflow');

/** Where downloads for the engine wait until it is installed. */
export const downloadsFolder = (dataFolder: string): string => join(dataFolder, 'downloads', 'tensorflow');

/** Where this process has an engine that is not whole. */
export const unfinishedFolder = (dataFolder: string): string => `${engineFolder(dataFolder)}.${process.pid}.tmp`;
