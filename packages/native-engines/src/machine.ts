/** What an engine is for, in Node's words. */
export interface Machine {
  /** `linux`, `darwin`, `win32`, ... */
  platform: string;
  /** `x64`, `arm64`, ... */
  arch: string;
}
