import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Of the segsde command. */
export const version = (require('../../package.json') as { version: string }).version;
