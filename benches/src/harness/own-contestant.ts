import { fileURLToPath } from 'node:url';

/**
 * The program that serves every work on our side: `node contestant.js WORK ENGINE PRECISION
 * [FILE]`.
 */
export const ownContestant = fileURLToPath(new URL('../contestant.js', import.meta.url));
