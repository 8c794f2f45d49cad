import { join } from 'node:path';

/** The folder of the installed engine inside a data folder. It is there, whole, or not at all. */
export const engineFolder = (dataFolder: string): string => join(dataFolder, 'engines', 'tensorflow');
