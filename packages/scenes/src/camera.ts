import type { CameraPath } from './scene.ts';

/**
 * Pinhole camera; pixels of the image it belongs to, the centre of the top left pixel is (0, 0).
 */
export interface Intrinsics {
  fx: number;
  fy: number;
  u0: number;
  v0: number;
}

export interface Camera {
  width: number;
  height: number;
  intrinsics: Intrinsics;
  /** Camera to world, 4x4, row by row; axes x right, y down, z forward; metres. */
  pose: Float64Array;
}

/**
 * Camera `time` frames after the middle of the path, when it moves `speed` metres a frame.
 *
 * @param focal focal length divided by the width
 */
export function cameraAt(
  path: CameraPath,
  { time, speed, focal, width, height }: { time: number; speed: number; focal: number; width: number; height: number },
): Camera {
  let x = path.x;
  let z = path.z;
  for (let passed = 0; passed < Math.abs(time); passed++) {
    const step = Math.sign(time) * speed;
    const heading = path.heading + path.yawRate * Math.sign(time) * (passed + 0.5);
    x += step * Math.sin(heading);
    z += step * Math.cos(heading);
  }
  const yaw = path.yaw + path.yawRate * time;
  const [sinYaw, cosYaw, sinPitch, cosPitch] = [
    Math.sin(yaw),
    Math.cos(yaw),
    Math.sin(path.pitch),
    Math.cos(path.pitch),
  ];
  const pose = Float64Array.of(
    ...[cosYaw, -sinYaw * sinPitch, sinYaw * cosPitch, x],
    ...[0, cosPitch, sinPitch, -path.height],
    ...[-sinYaw, -cosYaw * sinPitch, cosYaw * cosPitch, z],
    ...[0, 0, 0, 1],
  );
  const pixels = focal * width;
  return { width, height, pose, intrinsics: { fx: pixels, fy: pixels, u0: (width - 1) / 2, v0: (height - 1) / 2 } };
}
