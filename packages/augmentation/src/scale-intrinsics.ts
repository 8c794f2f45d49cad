import type { Intrinsics } from './spatial-sample.ts';

/** The camera after its image was resized; each axis by its own factor. */
export function scaleIntrinsics(
  { fx, fy, u0, v0 }: Intrinsics,
  from: { width: number; height: number },
  to: { width: number; height: number },
): Intrinsics {
  const x = to.width / from.width;
  const y = to.height / from.height;
  return { fx: fx * x, fy: fy * y, u0: u0 * x, v0: v0 * y };
}
