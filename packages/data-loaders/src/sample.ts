/** 8-bit RGB, interleaved, row by row from the top. */
export interface ImageU8 {
  width: number;
  height: number;
  /** `height * width * 3` */
  data: Uint8Array;
}

/** One trainId per pixel, 255 = ignore. */
export interface LabelMap {
  width: number;
  height: number;
  /** `height * width` */
  data: Uint8Array;
}

/** One float per pixel. */
export interface FloatMap {
  width: number;
  height: number;
  /** `height * width` */
  data: Float32Array;
}

/** Pinhole camera in pixels of the image it comes with; pixel centres are integers. */
export interface Intrinsics {
  fx: number;
  fy: number;
  u0: number;
  v0: number;
}

/** One frame and what was asked for beside it, all of the same width and height. */
export interface Sample {
  id: string;
  image: ImageU8;
  label?: LabelMap;
  /** In the order of the frame offsets that were asked for. */
  neighbours?: ImageU8[];
  intrinsics?: Intrinsics;
  /** Pseudo-disparity in 0..1 over the full image, larger = closer. */
  disparity?: FloatMap;
  /** True depth in metres, 0 = unknown. */
  depth?: FloatMap;
}
