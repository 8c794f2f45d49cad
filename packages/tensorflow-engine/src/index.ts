export { dataFolder } from './data-folder.ts';
export { EngineError } from './engine-error.ts';
export { findEngine } from './find-engine.ts';
export type { EngineDescription, EngineLocation, InstalledEngine } from './find-engine.ts';
