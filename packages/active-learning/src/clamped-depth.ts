const [nearest, farthest] = [0.1, 80];

/**
 * Depth of a disparity as the selection criteria see it: 1 / disparity, kept between 0.1 and 80
 * (docs/method.md, sections 5.3 and 5.4).
 */
export const clampedDepth = (disparity: number): number => Math.min(Math.max(1 / disparity, nearest), farthest);
