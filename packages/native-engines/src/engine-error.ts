/** Something that the user can put right: what is missing or broken, and what to do about it. */
export class EngineError extends Error {
  override name = 'EngineError';
}
