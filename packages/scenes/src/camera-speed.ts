import { cameraAt } from './camera.ts';
import { createRaster, rasterize, samplesPerAxis } from './rasterize.ts';
import type { Scene } from './scene.ts';

const width = 64;
const height = 32;
const pictureWidth = 256;

/**
 * Metres a frame at which the median optical flow of the static scene is what the path wants, or less where the fastest twentieth of
 * the pixels would pass 9 pixels (of a picture 256 wide).
 */
export function cameraSpeed(scene: Scene): number {
  const raster = createRaster(width, height);
  const camera = cameraAt(scene.path, { time: 0, speed: 0, focal: scene.focal, width, height });
  rasterize(scene, camera, 0, raster);
  const { fx, fy, u0, v0 } = camera.intrinsics;
  const half = (samplesPerAxis - 1) / 2;

  /** Flow lengths in ascending order. */
  const flowAt = (speed: number): Float64Array => {
    const next = cameraAt(scene.path, { time: 1, speed, focal: scene.focal, width, height }).pose;
    const { pose } = camera;
    const flow: number[] = [];
    for (let v = 0; v < height; v++) {
      for (let u = 0; u < width; u++) {
        const inverse =
          raster.inverseDepth[(v * samplesPerAxis + half) * width * samplesPerAxis + u * samplesPerAxis + half];
        if (inverse === 0) continue;
        const ray = [(u - u0) / fx / inverse, (v - v0) / fy / inverse, 1 / inverse];
        const world = [0, 1, 2].map(
          (row) =>
            pose[row * 4] * ray[0] +
            pose[row * 4 + 1] * ray[1] +
            pose[row * 4 + 2] * ray[2] +
            pose[row * 4 + 3] -
            next[row * 4 + 3],
        );
        const [x, y, z] = [0, 1, 2].map(
          (axis) => next[axis] * world[0] + next[4 + axis] * world[1] + next[8 + axis] * world[2],
        );
        if (z > 0.1) flow.push(Math.hypot((x / z) * fx + u0 - u, (y / z) * fy + v0 - v));
      }
    }
    return Float64Array.from(flow).sort();
  };

  const scale = pictureWidth / width;
  const tooFast = (speed: number) => {
    const flow = flowAt(speed);
    if (flow.length === 0) return speed > 1;
    return (
      flow[Math.floor(flow.length * 0.5)] * scale > scene.path.flow || flow[Math.floor(flow.length * 0.95)] * scale > 9
    );
  };
  let slow = 0.08;
  let fast = 3;
  for (let halving = 0; halving < 9; halving++) {
    const middle = (slow + fast) / 2;
    if (tooFast(middle)) fast = middle;
    else slow = middle;
  }
  return slow;
}
