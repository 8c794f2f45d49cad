import type { Conv2DInfo } from '../kernels/conv2d-info.ts';

/** Taps of a filter, from the first up to and without the second. */
type Range = readonly [number, number];

export interface SeenTaps {
  rows: Range;
  columns: Range;
  /** The same convolution with a filter of these taps alone. */
  info: Conv2DInfo;
}

/** The taps between the first and the last that look at anything but padding. */
function seen(taps: number, dilation: number, stride: number, pad: number, size: number, outSize: number): Range {
  const looks = Array.from({ length: taps }, (_, tap) => {
    const first = tap * dilation - pad;
    // Of the pixels first, first + stride, ... the last one that is not behind the image.
    const last = Math.min(outSize - 1, Math.floor((size - 1 - first) / stride));
    return first < size && first + last * stride >= 0;
  });
  return [looks.indexOf(true), looks.lastIndexOf(true) + 1];
}

/**
 * Taps of dilated filters can lie so far out that they see nothing but padding, as those of atrous
 * pyramids do on small images: then the rest of the filter does the same.
 *
 * @returns undefined where every tap sees something
 */
export function seenTaps(info: Conv2DInfo): SeenTaps | undefined {
  const { padInfo: pad } = info;
  const axis = (
    ...[taps, dilation, stride, before, after, size, outSize]: [number, number, number, number, number, number, number]
  ) => {
    const [from, until] = seen(taps, dilation, stride, before, size, outSize);
    const less = [before - from * dilation, after - (taps - until) * dilation];
    // A filter that begins inside the image would need to be told to skip pixels, which padding
    // cannot say.
    const fits = from >= 0 && less.every((amount) => amount >= 0);
    return fits ? { range: [from, until] as const, less } : { range: [0, taps] as const, less: [before, after] };
  };
  const rows = axis(
    ...([info.filterHeight, info.dilationHeight, info.strideHeight, pad.top, pad.bottom] as const),
    ...([info.inHeight, info.outHeight] as const),
  );
  const columns = axis(
    ...([info.filterWidth, info.dilationWidth, info.strideWidth, pad.left, pad.right] as const),
    ...([info.inWidth, info.outWidth] as const),
  );
  const [filterHeight, filterWidth] = [rows, columns].map(({ range: [from, until] }) => until - from);
  if (filterHeight === info.filterHeight && filterWidth === info.filterWidth) return undefined;
  return {
    rows: rows.range,
    columns: columns.range,
    info: {
      ...info,
      filterHeight,
      filterWidth,
      effectiveFilterHeight: (filterHeight - 1) * info.dilationHeight + 1,
      effectiveFilterWidth: (filterWidth - 1) * info.dilationWidth + 1,
      padInfo: { ...pad, top: rows.less[0], bottom: rows.less[1], left: columns.less[0], right: columns.less[1] },
    },
  };
}
