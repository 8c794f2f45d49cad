import type { Random } from './random.ts';
import type { CameraPath } from './scene.ts';
import type { Street } from './street.ts';

/** Where the camera drives, and how it turns. */
export function drawPath(random: Random, { half }: Street): CameraPath {
  const turning = random.chance(0.33);
  const yaw = turning ? random.normal() * 0.26 : random.normal() * 0.05;
  return {
    x: half * random.between(0.12, 0.68),
    z: 0,
    height: random.between(1.25, 2.2),
    yaw,
    // Cameras are mounted as it happens: the height of the horizon must be seen, not assumed.
    pitch: random.between(-0.07, 0.13),
    yawRate: turning ? Math.min(0.011, Math.max(-0.011, random.normal() * 0.008)) : random.normal() * 0.0012,
    heading: yaw * 0.8,
    flow: random.between(2.4, 4),
  };
}
