import type { Sample } from './sample.ts';

export interface ClassInfo {
  name: string;
  /** 8-bit RGB, for pictures of label maps. */
  color: [red: number, green: number, blue: number];
}

export interface LoadOptions {
  /** Size in pixels of everything that is loaded; aspect is not kept. */
  width: number;
  height: number;
  /** Also read the label. Without it no label file needs to exist. */
  label?: boolean;
  /** Also read the frames this many steps after (before, if negative) this one, and the camera. */
  neighbours?: number[];
  /** Also read `<this folder>/<sample id>.png`, as {@link writeDisparity} stores it. */
  disparity?: string;
  /** Also read the true depth, where the data set has it. */
  depth?: boolean;
}

/** A list of samples on disk. Nothing is read before `load`. */
export interface Dataset {
  name: string;
  /** Position = trainId. */
  classes: ClassInfo[];
  /** Sorted by path, unique over all splits: `train/ulm/ulm_000003_000019`. */
  ids: string[];
  /** Whether there is a label for the sample at a position in `ids`; no file is read. Left out, all have one. */
  hasLabel?(index: number): boolean;
  /**
   * @param which an id, or its position in `ids`
   * @throws DataError naming the file that is missing or broken
   */
  load(which: string | number, options: LoadOptions): Promise<Sample>;
}
