import { hash } from './hash.ts';
import { itemStride, type Raster } from './rasterize.ts';
import type { Color, Ellipsoid, Facade, Marking, Paint, Polygon, Scene } from './scene.ts';
import { filteredNoise2, filteredNoise3, survives, valueNoise2 } from './value-noise.ts';

const { abs, exp, floor, max, min, sqrt } = Math;

/** The colour that the functions below leave behind: red, green, blue, 0..255 before exposure. */
export const shaded = new Float64Array(3);

/**
 * The surface's own colour, before light. An array, because a module variable that holds fractions
 * allocates at every write.
 */
const own = new Float64Array(3);

function paintOver(color: Color, cover: number, factor = 1): void {
  own[0] += (color[0] * factor - own[0]) * cover;
  own[1] += (color[1] * factor - own[1]) * cover;
  own[2] += (color[2] * factor - own[2]) * cover;
}

function setColor(color: Color, factor: number): void {
  own[0] = color[0] * factor;
  own[1] = color[1] * factor;
  own[2] = color[2] * factor;
}

/** Share of the interval `x` ± `width` / 2 that lies within `from`..`to`. */
function boxCover(x: number, width: number, from: number, to: number): number {
  const low = max(x - width / 2, from);
  const high = min(x + width / 2, to);
  return high > low ? (high - low) / width : 0;
}

/** Share of the interval `x` ± `width` / 2 in which the fraction of `x` is below `duty`. */
function pulseCover(x: number, width: number, duty: number): number {
  if (width >= 4) return duty;
  const span = width < 1e-4 ? 1e-4 : width;
  const high = x + span / 2;
  const low = x - span / 2;
  const highWhole = floor(high);
  const lowWhole = floor(low);
  const highPart = high - highWhole;
  const lowPart = low - lowWhole;
  const area = (highWhole - lowWhole) * duty + (highPart < duty ? highPart : duty) - (lowPart < duty ? lowPart : duty);
  return area / span;
}

function markingCover(marking: Marking, s: number, t: number, fs: number, ft: number, dashOffset: number): number {
  const along = boxCover(t, ft, marking.from, marking.to);
  if (along === 0) return 0;
  switch (marking.kind) {
    case 'line': {
      const across = boxCover(s, fs, marking.x - marking.width / 2, marking.x + marking.width / 2);
      if (across === 0) return 0;
      return marking.dash === 0
        ? across * along
        : across * along * pulseCover((t + dashOffset) / marking.dash, ft / marking.dash, 0.4);
    }
    case 'zebra':
      return along * boxCover(s, fs, marking.left, marking.right) * pulseCover(s, fs, 0.5);
    case 'bar':
      return along * boxCover(s, fs, marking.left, marking.right);
  }
}

function shadeFacade(facade: Facade, s: number, t: number, fs: number, ft: number): void {
  const { seed } = facade;
  const shift = (seed & 255) + 0.5;
  let tone = 1 + facade.grain * filteredNoise2(s + shift * 3.7, t + shift, fs, ft, 0.18, 5);
  // Stains that run down the wall.
  tone += facade.grain * filteredNoise2(s * 1.0 + shift, t * 0.15, fs, ft * 0.15, 0.3, 3) * 0.8;
  if (facade.relief > 0) {
    tone -= 0.16 * pulseCover(t / facade.relief, ft / facade.relief, 0.3) * survives(ft, facade.relief);
  }
  setColor(facade.wall, tone);

  const shopFront = facade.shop > 0 && t < facade.shop;
  if (shopFront) {
    const glass =
      pulseCover(s / (facade.bay * 1.6) + 0.1, fs / (facade.bay * 1.6), 0.78) * boxCover(t, ft, 0.5, facade.shop - 0.8);
    const reflection = 0.8 + 0.5 * filteredNoise2(s + shift, t * 2 + shift, fs, ft * 2, 0.35, 4);
    paintOver(facade.window, glass, reflection);
    paintOver(facade.shopColor, boxCover(t, ft, facade.shop - 0.75, facade.shop - 0.1));
  } else {
    const bays = s / facade.bay;
    const floors = (t - facade.shop) / facade.floor;
    const spanS = fs / facade.bay;
    const spanT = ft / facade.floor;
    const margin = (1 - facade.windowHeight) * 0.5;
    const within = boxCover(t, ft, facade.shop, facade.height - 0.35 * facade.floor);
    const across = pulseCover(bays - (1 - facade.windowWidth) / 2, spanS, facade.windowWidth);
    const up = pulseCover(floors - margin, spanT, facade.windowHeight);
    const cover = across * up * within;
    if (cover > 0) {
      // Frames show while they are wider than a third of a pixel or so.
      const frame = 0.09;
      const frameAcross = pulseCover(
        bays - (1 - facade.windowWidth) / 2 + frame,
        spanS,
        facade.windowWidth + 2 * frame,
      );
      const frameUp = pulseCover(floors - margin + frame, spanT, facade.windowHeight + 2 * frame);
      paintOver(facade.trim, frameAcross * frameUp * within * 0.7);
      const random = hash(floor(bays) * 131 + floor(floors), seed) / 0xffffffff;
      const certain = survives(spanS > spanT ? spanS : spanT, 1);
      const lit = 1 + (random - 0.5) * 0.9 * certain + 0.2 * filteredNoise2(s + shift, t - shift, fs, ft, 0.3, 3);
      paintOver(facade.window, cover, lit);
    }
  }
  paintOver(facade.trim, boxCover(t, ft, facade.height - 0.45, facade.height - 0.05) * 0.8);
  const grounded = t < 1.2 ? 0.82 + 0.15 * t : 1;
  own[0] *= grounded;
  own[1] *= grounded;
  own[2] *= grounded;
}

function shadeSign(paint: Extract<Paint, { material: 'sign' }>, s: number, t: number, fs: number, ft: number): void {
  const { halfWidth, halfHeight } = paint;
  const x = s / halfHeight;
  const y = t / halfHeight;
  const spanX = fs / halfHeight;
  const spanY = ft / halfHeight;
  setColor(paint.border, 1);
  if (paint.round) {
    const inside = (0.76 - sqrt(x * x + y * y)) / max(spanX, spanY) + 0.5;
    paintOver(paint.color, min(1, max(0, inside)));
    paintOver(paint.symbol, boxCover(x, spanX, -0.5, 0.5) * boxCover(y, spanY, -0.16, 0.16));
    return;
  }
  const wide = halfWidth / halfHeight;
  paintOver(paint.color, boxCover(x, spanX, -wide + 0.12, wide - 0.12) * boxCover(y, spanY, -0.88, 0.88));
  const lines = boxCover(x, spanX, -wide * 0.7, wide * 0.5) * boxCover(y, spanY, -0.7, 0.7);
  paintOver(paint.symbol, lines * pulseCover(y * 1.45 + 0.18, spanY * 1.45, 0.36));
}

function shadePaint(paint: Paint, s: number, t: number, fs: number, ft: number): void {
  switch (paint.material) {
    case 'plain':
      setColor(paint.color, 1 + paint.grain * filteredNoise2(s + 17.3, t + 5.1, fs, ft, paint.feature, 4));
      return;
    case 'road': {
      const tone =
        1 +
        paint.grain * filteredNoise2(s, t, fs, ft, 0.07, 8) +
        paint.grain * 0.8 * filteredNoise2(s, t * 0.12, fs, ft * 0.12, 0.16, 4);
      setColor(paint.color, tone);
      for (const marking of paint.markings) {
        const cover = markingCover(marking, s, t, fs, ft, paint.dashOffset);
        if (cover > 0) paintOver(paint.markingColor, cover * (0.85 + 0.15 * valueNoise2(s * 3, t * 3)));
      }
      return;
    }
    case 'paving': {
      const tone =
        1 +
        paint.grain * filteredNoise2(s + 40, t + 9, fs, ft, 0.08, 8) +
        paint.grain * 0.6 * filteredNoise2(s, t * 0.2, fs, ft * 0.2, 0.3, 3);
      const joint = paint.joint;
      const tileS = pulseCover(s / paint.tile, fs / paint.tile, 0.1) * survives(fs, paint.tile * 0.6);
      const tileT = pulseCover(t / paint.tile, ft / paint.tile, 0.1) * survives(ft, paint.tile * 0.6);
      setColor(paint.color, tone * (1 - joint * (tileS + tileT - tileS * tileT)));
      return;
    }
    case 'grass': {
      const fine = filteredNoise2(s, t, fs, ft, 0.09, 7);
      const coarse = filteredNoise2(s + 70, t + 30, fs, ft, 1.5, 3);
      setColor(paint.color, 1);
      paintOver(paint.second, min(1, max(0, 0.5 + 0.45 * coarse)));
      const tone = 1 + paint.grain * fine;
      own[0] *= tone;
      own[1] *= tone;
      own[2] *= tone;
      return;
    }
    case 'leaves': {
      const fine = filteredNoise2(s, t, fs, ft, paint.feature, 4);
      setColor(paint.color, 1 + paint.grain * fine);
      return;
    }
    case 'facade':
      shadeFacade(paint.facade, s, t, fs, ft);
      return;
    case 'sign':
      shadeSign(paint, s, t, fs, ft);
  }
}

/** One picture being made. */
export interface View {
  scene: Scene;
  raster: Raster;
  /** Five numbers for each round shadow: x, z, 1 / radius along x and z, strength. */
  shadows: Float64Array;
  pixelsPerRadian: number;
}

/** The round shadows that can be seen `time` frames after the scene's middle frame. */
export function placeShadows({ shadows }: Scene, time: number): Float64Array {
  const numbers = shadows
    .map(({ x, z, motion, ...rest }) => ({ ...rest, x: x + (motion?.x ?? 0) * time, z: z + (motion?.z ?? 0) * time }))
    .filter(({ z, radiusZ }) => z + radiusZ > 0 && z < 90)
    .map(({ x, z, radiusX, radiusZ, strength }) => [x, z, 1 / radiusX, 1 / radiusZ, strength]);
  return Float64Array.from(numbers.flat());
}

/** Light that the shadows of buildings, trees and objects leave on the ground at world (x, z). */
function groundLight({ scene, shadows }: View, x: number, z: number, footprint: number): number {
  const { strength } = scene.light;
  let light = 1;
  const shadow = scene.buildingShadow;
  if (shadow) {
    const position = (z - shadow.from) / shadow.step;
    const index = floor(position);
    if (index >= 0 && index + 1 < shadow.edge.length) {
      const edge = shadow.edge[index] + (shadow.edge[index + 1] - shadow.edge[index]) * (position - index);
      const depth = ((x - edge) * shadow.side) / (0.25 + footprint) + 0.5;
      light -= 0.52 * strength * (depth < 0 ? 0 : depth > 1 ? 1 : depth);
    }
  }
  for (let i = 0; i < shadows.length; i += 5) {
    const dx = (x - shadows[i]) * shadows[i + 2];
    const dz = (z - shadows[i + 1]) * shadows[i + 3];
    const square = dx * dx + dz * dz;
    if (square < 1) light *= 1 - shadows[i + 4] * min(1, (1 - square) * 2.5);
  }
  return light;
}

function finish(scene: Scene, light: number, depth: number): void {
  const { tint, fog, skyHorizon } = scene.light;
  const clear = exp(-depth * fog);
  shaded[0] = ((own[0] * light * tint[0]) / 255) * clear + skyHorizon[0] * (1 - clear);
  shaded[1] = ((own[1] * light * tint[1]) / 255) * clear + skyHorizon[1] * (1 - clear);
  shaded[2] = ((own[2] * light * tint[2]) / 255) * clear + skyHorizon[2] * (1 - clear);
}

/** Colour of a polygon at pixel (u, v), filtered over one pixel. */
export function shadePolygon(view: View, item: number, u: number, v: number): void {
  const { scene, raster } = view;
  const polygon = raster.items[item] as Polygon;
  const { numbers } = raster;
  const at = item * itemStride;
  const depth = 1 / (numbers[at] * u + numbers[at + 1] * v + numbers[at + 2]);
  const slopeS = numbers[at + 3] * u + numbers[at + 4] * v + numbers[at + 5];
  const slopeT = numbers[at + 7] * u + numbers[at + 8] * v + numbers[at + 9];
  const s = slopeS * depth + numbers[at + 6];
  const t = slopeT * depth + numbers[at + 10];
  const depthU = depth * depth * numbers[at];
  const depthV = depth * depth * numbers[at + 1];
  const fs = abs(numbers[at + 3] * depth - slopeS * depthU) + abs(numbers[at + 4] * depth - slopeS * depthV);
  const ft = abs(numbers[at + 7] * depth - slopeT * depthU) + abs(numbers[at + 8] * depth - slopeT * depthV);
  shadePaint(polygon.paint, s, t, fs, ft);
  let { light } = polygon;
  if (polygon.along[0] === 1 && polygon.up[2] === 1) light *= groundLight(view, s, t, fs);
  finish(scene, light, depth);
}

/** Colour of an ellipsoid at pixel (u, v), filtered over one pixel. */
export function shadeEllipsoid({ scene, raster, pixelsPerRadian }: View, item: number, u: number, v: number): void {
  const { paint, radii, center } = raster.items[item] as Ellipsoid;
  const { numbers } = raster;
  const at = item * itemStride;
  const rayX = numbers[at] * u + numbers[at + 1] * v + numbers[at + 2];
  const rayY = numbers[at + 3] * u + numbers[at + 4] * v + numbers[at + 5];
  const rayZ = numbers[at + 6] * u + numbers[at + 7] * v + numbers[at + 8];
  const originX = numbers[at + 9];
  const originY = numbers[at + 10];
  const originZ = numbers[at + 11];
  const a = rayX * rayX + rayY * rayY + rayZ * rayZ;
  const b = rayX * originX + rayY * originY + rayZ * originZ;
  const miss = originX * originX + originY * originY + originZ * originZ - (b * b) / a;
  const depth = (-b - (miss < 1 ? sqrt((1 - miss) * a) : 0)) / a;
  const x = originX + rayX * depth;
  const y = originY + rayY * depth;
  const z = originZ + rayZ * depth;
  const footprint = depth / pixelsPerRadian;
  const { sun, strength } = scene.light;
  const facing = max(0, x * sun[0] + y * sun[1] + z * sun[2]);
  const light = (1 - 0.55 * strength) * (0.8 - 0.25 * y) + 0.75 * strength * facing;
  if (paint.material === 'leaves') {
    const fine = filteredNoise3(
      x * radii[0] + center[0],
      y * radii[1] + center[1],
      z * radii[2] + center[2],
      footprint,
      paint.feature,
      3,
    );
    setColor(paint.color, 1);
    paintOver(paint.second, min(1, max(0, 0.5 + 0.5 * fine)));
    const tone = 1 + paint.grain * fine;
    own[0] *= tone;
    own[1] *= tone;
    own[2] *= tone;
  } else {
    const fine = filteredNoise3(x * radii[0] + center[0] * 5, y * radii[1], z * radii[2], footprint, paint.feature, 2);
    setColor(paint.color, 1 + paint.grain * fine);
  }
  finish(scene, light, depth);
}

/** Colour of the sky in the direction (x, y, z). */
export function shadeSky({ scene }: View, x: number, y: number, z: number): void {
  const { skyTop, skyHorizon, cloud, cloudCover } = scene.light;
  const up = max(0, -y / sqrt(x * x + y * y + z * z));
  setColor(skyHorizon, 1);
  paintOver(skyTop, min(1, sqrt(up) * 1.4));
  if (cloudCover > 0) {
    const scale = 1 / (up + 0.12);
    const noise = filteredNoise2(x * scale + 11 + (scene.seed & 63), z * scale + 5, 0, 0, 0.35, 3) * 0.7;
    const cover = min(1, max(0, noise + cloudCover * 2 - 1));
    paintOver(cloud, cover * min(1, up * 6) * 0.8);
  }
  shaded[0] = own[0];
  shaded[1] = own[1];
  shaded[2] = own[2];
}
