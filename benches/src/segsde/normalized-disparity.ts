import { skyDepth } from '@segsde/scenes';

/** 1 / depth, the sky as 0, stretched to 0..1. */
export function normalizedDisparity(depth: Float32Array): Float32Array {
  const disparity = depth.map((metres) => (metres < skyDepth ? 1 / metres : 0));
  const [least, most] = [disparity.reduce((a, b) => Math.min(a, b)), disparity.reduce((a, b) => Math.max(a, b))];
  return disparity.map((value) => (value - least) / (most - least));
}
