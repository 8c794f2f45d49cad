import { cameraAt } from './camera.ts';
import { createRaster, rasterize, samplesPerAxis } from './rasterize.ts';
import type { Scene } from './scene.ts';

const { floor, hypot } = Math;

const width = 64;
const height = 32;
const pictureWidth = 256;

/**
 * Metres a frame at which the median optical flow of the static scene is what the path wants, or
 * less where the fastest twentieth of the pixels would pass 9.3 pixels (of a picture 256 wide).
 */
export function cameraSpeed(scene: Scene): number {
  const raster = createRaster(width, height);
  const camera = cameraAt(scene.path, { time: 0, speed: 0, focal: scene.focal, width, height });
  rasterize(scene, camera, 0, raster);
  const { fx, fy, u0, v0 } = camera.intrinsics;
  const half = (samplesPerAxis - 1) / 2;

  // World points of every pixel that does not show the sky.
  const seen: number[] = [];
  const points: number[] = [];
  const { pose } = camera;
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      const inverse =
        raster.inverseDepth[(v * samplesPerAxis + half) * width * samplesPerAxis + u * samplesPerAxis + half];
      if (inverse === 0) continue;
      const x = (u - u0) / fx / inverse;
      const y = (v - v0) / fy / inverse;
      seen.push(u, v);
      for (let row = 0; row < 12; row += 4) {
        points.push(pose[row] * x + pose[row + 1] * y + pose[row + 2] / inverse + pose[row + 3]);
      }
    }
  }
  const flow = new Float64Array(seen.length / 2);

  /**
   * Fills in the flow lengths, in ascending order; what passes behind the camera counts as very
   * fast.
   */
  const measureFlow = (speed: number): void => {
    const next = cameraAt(scene.path, { time: 1, speed, focal: scene.focal, width, height }).pose;
    for (let i = 0; i < flow.length; i++) {
      const x = points[3 * i] - next[3];
      const y = points[3 * i + 1] - next[7];
      const z = points[3 * i + 2] - next[11];
      const right = next[0] * x + next[4] * y + next[8] * z;
      const down = next[1] * x + next[5] * y + next[9] * z;
      const forward = next[2] * x + next[6] * y + next[10] * z;
      flow[i] =
        forward > 0.1
          ? hypot((right / forward) * fx + u0 - seen[2 * i], (down / forward) * fy + v0 - seen[2 * i + 1])
          : 1e3;
    }
    flow.sort();
  };

  const scale = pictureWidth / width;
  const tooFast = (speed: number) => {
    measureFlow(speed);
    if (flow.length === 0) return speed > 1;
    return flow[floor(flow.length * 0.5)] * scale > scene.path.flow || flow[floor(flow.length * 0.95)] * scale > 9.3;
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
