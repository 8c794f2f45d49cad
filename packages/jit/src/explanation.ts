/** What the calls of one TensorFlow.js kernel cost in a run. */
export interface ExplainedPart {
  /**
   * The kernel's name; `results` for what hands results and variables over, `shapes` for what keeps
   * the runtime from knowing shapes beforehand.
   */
  kernel: string;
  /** Operators that they became. */
  operators: number;
  milliseconds: number;
}

/**
 * How a compiled function runs, and where its time goes. Measured with the runtime's profiler,
 * which itself takes a little time.
 */
export interface Explanation {
  engine: 'onnx';
  /** Name and version of what runs the graph. */
  runtime: string;
  /**
   * Channels in a block of the runtime's internal convolution layout; 0 where standard operators
   * are used instead.
   */
  block: number;
  /** That work on one operator. */
  threads: number;
  /** Of one run: median. */
  milliseconds: number;
  /** Largest amount of memory that intermediate results took. */
  workingBytes: number;
  /**
   * Variables that the function reads or assigns, and how many of those assigned are overwritten
   * where they lie.
   */
  variables: { count: number; bytes: number; assigned: number; overwritten: number };
  /** The most expensive first. */
  parts: ExplainedPart[];
}
