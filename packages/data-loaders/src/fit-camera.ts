import { DataError } from './data-error.ts';
import type { Size } from './read-image.ts';
import type { Intrinsics } from './sample.ts';

/** Size of Cityscapes' own images, which its camera files are for. */
const cityscapesSize: Size = { width: 2048, height: 1024 };
/**
 * Farther from the middle than this share of a side, a centre is more likely one of a picture of
 * another size.
 */
const farthest = 0.15;
/** Pixels by which two sides may be rounded differently when an image is made smaller. */
const rounding = 2;

/**
 * How far the camera's centre is from that of an image, as a share of the sides, the half pixel of
 * conventions aside.
 */
const distance = ({ u0, v0 }: Intrinsics, { width, height }: Size): number => {
  const along = (centre: number, side: number) => Math.max(0, Math.abs(centre - (side - 1) / 2) - 0.5) / side;
  return Math.max(along(u0, width), along(v0, height));
};

const scaled = ({ fx, fy, u0, v0 }: Intrinsics, from: Size, to: Size): Intrinsics => {
  const [x, y] = [to.width / from.width, to.height / from.height];
  return { fx: fx * x, fy: fy * y, u0: u0 * x, v0: v0 * y };
};

/**
 * The camera of a Cityscapes camera file in pixels of the stored images. The file does not say
 * which size it is for: images are often made smaller on disk while their camera files stay, and a
 * focal length of the wrong size goes unnoticed in training. So the size is the one given, or else
 * that of the stored images or 2048 x 1024 (for images of its aspect), whichever the camera's
 * centre fits better.
 *
 * @throws DataError naming the camera file if the centre fits neither
 */
export function fitCamera(
  camera: Intrinsics,
  { file, stored, cameraSize }: { file: string; stored: Size; cameraSize?: [width: number, height: number] },
): Intrinsics {
  const centre = `Camera file ${file}: its centre (${camera.u0}, ${camera.v0})`;
  if (cameraSize) {
    const [width, height] = cameraSize;
    if (camera.u0 >= width || camera.v0 >= height) {
      throw new DataError(`${centre} lies outside the ${width}x${height} that "cameraSize" says.`);
    }
    return scaled(camera, { width, height }, stored);
  }
  const original = distance(camera, cityscapesSize);
  const asStored = distance(camera, stored);
  const sameAspect =
    Math.abs(stored.width - (stored.height * cityscapesSize.width) / cityscapesSize.height) <= rounding;
  if (asStored <= farthest && (asStored <= original || !sameAspect)) return camera;
  if (sameAspect && original <= farthest) return scaled(camera, cityscapesSize, stored);
  throw new DataError(
    `${centre} is not near that of the ${stored.width}x${stored.height} image, so that the size it is for is unknown. ` +
      'Give the option "cameraSize" ([width, height] of the images that camera files are for) or "intrinsics" (of the images as stored).',
  );
}
