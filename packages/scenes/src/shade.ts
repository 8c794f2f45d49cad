import { hash } from './hash.ts';
import { itemStride, type Raster } from './rasterize.ts';
import type { Color, Ellipsoid, Facade, Marking, Paint, Polygon, Scene } from './scene.ts';
import { filteredNoise2, filteredNoise3, survives, valueNoise2 } from './value-noise.ts';

/** The colour that the functions below leave behind: red, green, blue, 0..255 before exposure. */
export const shaded = new Float64Array(3);

let red = 0;
let green = 0;
let blue = 0;

function paintOver(color: Color, cover: number): void {
  red += (color[0] - red) * cover;
  green += (color[1] - green) * cover;
  blue += (color[2] - blue) * cover;
}

function setColor(color: Color, factor: number): void {
  red = color[0] * factor;
  green = color[1] * factor;
  blue = color[2] * factor;
}

/** Share of the interval `x` ± `width` / 2 that lies within `from`..`to`. */
function boxCover(x: number, width: number, from: number, to: number): number {
  const low = Math.max(x - width / 2, from);
  const high = Math.min(x + width / 2, to);
  return high > low ? (high - low) / width : 0;
}

/** Share of the interval `x` ± `width` / 2 in which the fraction of `x` is below `duty`. */
function pulseCover(x: number, width: number, duty: number): number {
  if (width >= 4) return duty;
  const span = width < 1e-4 ? 1e-4 : width;
  const high = x + span / 2;
  const low = x - span / 2;
  const highWhole = Math.floor(high);
  const lowWhole = Math.floor(low);
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
    paintOver([facade.window[0] * reflection, facade.window[1] * reflection, facade.window[2] * reflection], glass);
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
      const random = hash(Math.floor(bays) * 131 + Math.floor(floors), seed) / 0xffffffff;
      const certain = survives(spanS > spanT ? spanS : spanT, 1);
      const lit = 1 + (random - 0.5) * 0.9 * certain + 0.2 * filteredNoise2(s + shift, t - shift, fs, ft, 0.3, 3);
      paintOver([facade.window[0] * lit, facade.window[1] * lit, facade.window[2] * lit], cover);
    }
  }
  paintOver(facade.trim, boxCover(t, ft, facade.height - 0.45, facade.height - 0.05) * 0.8);
  const grounded = t < 1.2 ? 0.82 + 0.15 * t : 1;
  red *= grounded;
  green *= grounded;
  blue *= grounded;
}

function shadeSign(paint: Extract<Paint, { material: 'sign' }>, s: number, t: number, fs: number, ft: number): void {
  const { radius } = paint;
  const span = (fs > ft ? fs : ft) / radius;
  const x = s / radius;
  const y = t / radius;
  const soft = (value: number) => (value > span / 2 ? 1 : value < -span / 2 ? 0 : value / span + 0.5);
  setColor(paint.border, 1);
  const distance = paint.pattern === 0 ? Math.hypot(x, y) : Math.max(Math.abs(x), Math.abs(y));
  paintOver(paint.color, soft(0.76 - distance));
  const mark =
    paint.pattern === 0
      ? boxCover(x, span, -0.5, 0.5) * boxCover(y, span, -0.16, 0.16)
      : boxCover(x, span, -0.62, 0.62) * pulseCover(y * 1.6 + 0.2, span * 1.6, 0.34) * soft(0.68 - distance);
  paintOver(paint.symbol, mark);
}

function shadePaint(paint: Paint, s: number, t: number, fs: number, ft: number): void {
  switch (paint.material) {
    case 'plain':
      setColor(paint.color, 1 + paint.grain * filteredNoise2(s + 17.3, t + 5.1, fs, ft, paint.feature, 4));
      return;
    case 'road': {
      const tone =
        1 +
        paint.grain * filteredNoise2(s, t, fs, ft, 0.07, 6) +
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
        paint.grain * filteredNoise2(s + 40, t + 9, fs, ft, 0.08, 6) +
        paint.grain * 0.6 * filteredNoise2(s, t * 0.2, fs, ft * 0.2, 0.3, 3);
      const joint = paint.joint;
      const tileS = pulseCover(s / paint.tile, fs / paint.tile, 0.1) * survives(fs, paint.tile * 0.6);
      const tileT = pulseCover(t / paint.tile, ft / paint.tile, 0.1) * survives(ft, paint.tile * 0.6);
      setColor(paint.color, tone * (1 - joint * (tileS + tileT - tileS * tileT)));
      return;
    }
    case 'grass': {
      const fine = filteredNoise2(s, t, fs, ft, 0.09, 5);
      const coarse = filteredNoise2(s + 70, t + 30, fs, ft, 1.5, 3);
      setColor(paint.color, 1);
      paintOver(paint.second, Math.min(1, Math.max(0, 0.5 + 0.45 * coarse)));
      const tone = 1 + paint.grain * fine;
      red *= tone;
      green *= tone;
      blue *= tone;
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

/** Light that the shadows of buildings and trees leave on the ground at world (x, z). */
function groundLight(scene: Scene, x: number, z: number, footprint: number, time: number): number {
  const { strength } = scene.light;
  let light = 1;
  const shadow = scene.buildingShadow;
  if (shadow) {
    const position = (z - shadow.from) / shadow.step;
    const index = Math.floor(position);
    if (index >= 0 && index + 1 < shadow.edge.length) {
      const edge = shadow.edge[index] + (shadow.edge[index + 1] - shadow.edge[index]) * (position - index);
      const softness = 0.25 + footprint;
      const depth = ((x - edge) * shadow.side) / softness + 0.5;
      light -= 0.52 * strength * (depth < 0 ? 0 : depth > 1 ? 1 : depth);
    }
  }
  for (const disc of scene.shadows) {
    const shiftX = disc.motion ? disc.motion.x * time : 0;
    const shiftZ = disc.motion ? disc.motion.z * time : 0;
    const dx = (x - disc.x - shiftX) / disc.radiusX;
    if (dx > 1 || dx < -1) continue;
    const dz = (z - disc.z - shiftZ) / disc.radiusZ;
    const square = dx * dx + dz * dz;
    if (square < 1) light *= 1 - disc.strength * Math.min(1, (1 - square) * 2.5);
  }
  return light;
}

function finish(scene: Scene, light: number, depth: number): void {
  const { tint, fog, skyHorizon } = scene.light;
  const clear = Math.exp(-depth * fog);
  shaded[0] = ((red * light * tint[0]) / 255) * clear + skyHorizon[0] * (1 - clear);
  shaded[1] = ((green * light * tint[1]) / 255) * clear + skyHorizon[1] * (1 - clear);
  shaded[2] = ((blue * light * tint[2]) / 255) * clear + skyHorizon[2] * (1 - clear);
}

/** Colour of a polygon at pixel (u, v), filtered over one pixel. */
export function shadePolygon(scene: Scene, raster: Raster, item: number, u: number, v: number, time: number): void {
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
  const fs = Math.abs(numbers[at + 3] * depth - slopeS * depthU) + Math.abs(numbers[at + 4] * depth - slopeS * depthV);
  const ft = Math.abs(numbers[at + 7] * depth - slopeT * depthU) + Math.abs(numbers[at + 8] * depth - slopeT * depthV);
  shadePaint(polygon.paint, s, t, fs, ft);
  let { light } = polygon;
  if (polygon.along[0] === 1 && polygon.up[2] === 1) light *= groundLight(scene, s, t, fs, time);
  finish(scene, light, depth);
}

/** Colour of an ellipsoid at pixel (u, v), filtered over one pixel. */
export function shadeEllipsoid(
  scene: Scene,
  raster: Raster,
  item: number,
  u: number,
  v: number,
  pixelsPerRadian: number,
): void {
  const { paint, radii, center } = raster.items[item] as Ellipsoid;
  const { numbers } = raster;
  const at = item * itemStride;
  const rayX = numbers[at] * u + numbers[at + 1] * v + numbers[at + 2];
  const rayY = numbers[at + 3] * u + numbers[at + 4] * v + numbers[at + 5];
  const rayZ = numbers[at + 6] * u + numbers[at + 7] * v + numbers[at + 8];
  const [originX, originY, originZ] = [numbers[at + 9], numbers[at + 10], numbers[at + 11]];
  const a = rayX * rayX + rayY * rayY + rayZ * rayZ;
  const b = rayX * originX + rayY * originY + rayZ * originZ;
  const miss = originX * originX + originY * originY + originZ * originZ - (b * b) / a;
  const depth = (-b - (miss < 1 ? Math.sqrt((1 - miss) * a) : 0)) / a;
  const x = originX + rayX * depth;
  const y = originY + rayY * depth;
  const z = originZ + rayZ * depth;
  const footprint = depth / pixelsPerRadian;
  const { sun, strength } = scene.light;
  const facing = Math.max(0, x * sun[0] + y * sun[1] + z * sun[2]);
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
    paintOver(paint.second, Math.min(1, Math.max(0, 0.5 + 0.5 * fine)));
    const tone = 1 + paint.grain * fine;
    red *= tone;
    green *= tone;
    blue *= tone;
  } else if (paint.material === 'plain') {
    const fine = filteredNoise3(x * radii[0] + center[0] * 5, y * radii[1], z * radii[2], footprint, paint.feature, 2);
    setColor(paint.color, 1 + paint.grain * fine);
  } else {
    setColor([128, 128, 128], 1);
  }
  finish(scene, light, depth);
}

/** Colour of the sky in the direction (x, y, z). */
export function shadeSky(scene: Scene, x: number, y: number, z: number): void {
  const { skyTop, skyHorizon, cloud, cloudCover } = scene.light;
  const up = Math.max(0, -y / Math.hypot(x, y, z));
  setColor(skyHorizon, 1);
  paintOver(skyTop, Math.min(1, Math.sqrt(up) * 1.4));
  if (cloudCover > 0) {
    const scale = 1 / (up + 0.12);
    const noise = filteredNoise2(x * scale + 11 + (scene.seed & 63), z * scale + 5, 0, 0, 0.35, 3) * 0.7;
    const cover = Math.min(1, Math.max(0, noise + cloudCover * 2 - 1));
    paintOver(cloud, cover * Math.min(1, up * 6) * 0.8);
  }
  shaded[0] = red;
  shaded[1] = green;
  shaded[2] = blue;
}
