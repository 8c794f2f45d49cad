/** What a fresh process tells about its first step; seconds since the process started. */
export interface Startup {
  imported: number;
  built: number;
  finished: number;
  /** Peak resident memory. */
  peakMb: number;
}
