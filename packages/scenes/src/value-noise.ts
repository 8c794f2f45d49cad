import { hash } from './hash.ts';

const { floor } = Math;

const size2 = 256;
const size3 = 32;
const lattice2 = Float32Array.from({ length: size2 * size2 }, (_, i) => (hash(i, 1) / 0xffffffff) * 2 - 1);
const lattice3 = Float32Array.from({ length: size3 * size3 * size3 }, (_, i) => (hash(i, 2) / 0xffffffff) * 2 - 1);

/** Smooth noise in -1..1 with one random value per unit square; repeats after 256 units. */
export function valueNoise2(x: number, y: number): number {
  const x0 = floor(x);
  const y0 = floor(y);
  let fx = x - x0;
  let fy = y - y0;
  fx = fx * fx * (3 - 2 * fx);
  fy = fy * fy * (3 - 2 * fy);
  const left = x0 & 255;
  const right = (x0 + 1) & 255;
  const top = (y0 & 255) << 8;
  const bottom = ((y0 + 1) & 255) << 8;
  const a = lattice2[top + left];
  const b = lattice2[top + right];
  const c = lattice2[bottom + left];
  const d = lattice2[bottom + right];
  const upper = a + (b - a) * fx;
  return upper + (c + (d - c) * fx - upper) * fy;
}

/** Smooth noise in -1..1 with one random value per unit cube; repeats after 32 units. */
export function valueNoise3(x: number, y: number, z: number): number {
  const x0 = floor(x);
  const y0 = floor(y);
  const z0 = floor(z);
  let fx = x - x0;
  let fy = y - y0;
  let fz = z - z0;
  fx = fx * fx * (3 - 2 * fx);
  fy = fy * fy * (3 - 2 * fy);
  fz = fz * fz * (3 - 2 * fz);
  const left = x0 & 31;
  const right = (x0 + 1) & 31;
  const top = (y0 & 31) << 5;
  const bottom = ((y0 + 1) & 31) << 5;
  const near = (z0 & 31) << 10;
  const far = ((z0 + 1) & 31) << 10;
  const near1 = lattice3[near + top + left] * (1 - fx) + lattice3[near + top + right] * fx;
  const near2 = lattice3[near + bottom + left] * (1 - fx) + lattice3[near + bottom + right] * fx;
  const far1 = lattice3[far + top + left] * (1 - fx) + lattice3[far + top + right] * fx;
  const far2 = lattice3[far + bottom + left] * (1 - fx) + lattice3[far + bottom + right] * fx;
  const nearValue = near1 + (near2 - near1) * fy;
  return nearValue + (far1 + (far2 - far1) * fy - nearValue) * fz;
}

/**
 * How much of a pattern survives a pixel of the given size: 1 while the pixel is small against the
 * pattern's smallest feature, 0 from half a feature on, so that nothing finer than the pixel grid
 * can alias.
 *
 * @param footprint size of the pixel on the surface, in the pattern's unit
 * @param feature size of the pattern's smallest feature, same unit
 */
export function survives(footprint: number, feature: number): number {
  const ratio = footprint / feature;
  return ratio <= 0.25 ? 1 : ratio >= 0.6 ? 0 : (0.6 - ratio) / 0.35;
}

/**
 * Sum of value noise of equal strength at feature sizes `finest`, 2 `finest`, 4 `finest`..., each
 * faded by {@link survives}. The result stays within ±octaves and is near ±1 in practice.
 */
export function filteredNoise2(
  x: number,
  y: number,
  footprintX: number,
  footprintY: number,
  finest: number,
  octaves: number,
): number {
  const footprint = footprintX > footprintY ? footprintX : footprintY;
  let sum = 0;
  let feature = finest * (1 << (octaves - 1));
  for (let octave = octaves - 1; octave >= 0; octave--, feature *= 0.5) {
    const ratio = footprint / feature;
    if (ratio >= 0.6) break;
    const weight = ratio <= 0.25 ? 1 : (0.6 - ratio) / 0.35;
    sum += weight * valueNoise2(x / feature + octave * 37.3, y / feature + octave * 91.7);
  }
  return sum;
}

/** {@link filteredNoise2} in space, for solid objects. */
export function filteredNoise3(
  x: number,
  y: number,
  z: number,
  footprint: number,
  finest: number,
  octaves: number,
): number {
  let sum = 0;
  let feature = finest * (1 << (octaves - 1));
  for (let octave = octaves - 1; octave >= 0; octave--, feature *= 0.5) {
    const ratio = footprint / feature;
    if (ratio >= 0.6) break;
    const weight = ratio <= 0.25 ? 1 : (0.6 - ratio) / 0.35;
    sum += weight * valueNoise3(x / feature + octave * 7.3, y / feature + octave * 11.7, z / feature + octave * 5.1);
  }
  return sum;
}
