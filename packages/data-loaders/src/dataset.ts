import type { Intrinsics, Sample } from './sample.ts';

export interface ClassInfo {
  name: string;
  /** 8-bit RGB, for pictures of label maps. */
  color: [red: number, green: number, blue: number];
}

/** What of a sample is wanted beside its image. */
export interface Wanted {
  /** Also the label. Without it no label file needs to exist. */
  label?: boolean;
  /** Also the frames this many steps after (before, if negative) this one, and the camera. */
  neighbours?: number[];
  /** Also `<this folder>/<sample id>.png`, as {@link writeDisparity} stores it. */
  disparity?: string;
  /** Also the true depth, where the data set has it. */
  depth?: boolean;
}

export interface LoadOptions extends Wanted {
  /** Size in pixels of everything that is loaded; aspect is not kept. */
  width: number;
  height: number;
}

/** Where what belongs to a sample lies; what was not asked for is left out. */
export interface SampleFiles {
  image: string;
  label?: string;
  /** In the order of the offsets asked for. */
  neighbours?: string[];
  /** Left out, too, where the camera does not come from a file. */
  camera?: string;
  disparity?: string;
  depth?: string;
}

/** What a label file holds. */
export interface LabelValues {
  file: string;
  /** Pixels by the number that the file holds for them, `[256]`. */
  pixels: Uint32Array;
  /** TrainId of each number, 255 = ignore; those that occur are never -1. `[256]` */
  meaning: Int16Array;
  /**
   * What to do where numbers mean "ignore" that should be a class, if the data set's options allow
   * for it.
   */
  advice?: string;
}

/** A list of samples on disk. Nothing is read before a sample is asked for. */
export interface Dataset {
  name: string;
  /** Position = trainId. */
  classes: ClassInfo[];
  /** Sorted by path, unique over all splits: `train/ulm/ulm_000003_000019`. */
  ids: string[];
  /**
   * @param which an id, or its position in `ids`
   * @throws DataError naming the file that is missing or broken
   */
  load(which: string | number, options: LoadOptions): Promise<Sample>;
  /**
   * Whether a sample has a label file; it is not opened. Data sets without this are taken to have
   * labels for all samples.
   */
  hasLabel?(which: string | number): boolean;
  /**
   * The files that `load` would read, without opening them.
   *
   * @throws DataError if something is asked for that the sample does not have, such as a neighbour
   */
  files?(which: string | number, wanted?: Wanted): SampleFiles;
  /**
   * Decodes a sample's label file and counts what it holds.
   *
   * @throws DataError for all that `load` throws one for: the file is missing or broken, of another
   *   size than the image, or holds a number that is no class
   */
  labelValues?(which: string | number): Promise<LabelValues>;
  /**
   * The camera in pixels of the image as it is stored, upright.
   *
   * @throws DataError naming the camera file
   */
  intrinsics?(which: string | number): Promise<Intrinsics>;
}
