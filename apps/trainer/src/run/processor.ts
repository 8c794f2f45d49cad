import { availableParallelism, cpus } from 'node:os';

/** This machine's processor in words. */
export const processor = (): string => `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores`;
