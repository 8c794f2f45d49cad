import { buildScene } from './build-scene.ts';
import { cameraAt, type Camera, type Intrinsics } from './camera.ts';
import { cameraSpeed } from './camera-speed.ts';
import { cityNames, type CityName } from './city-styles.ts';
import { hash } from './hash.ts';
import { createRaster, layerNudge, rasterize, rayMatrix, samplesPerAxis, type Raster } from './rasterize.ts';
import type { Scene } from './scene.ts';
import { labels } from './labels.ts';
import { placeShadows, shadeEllipsoid, shadePolygon, shadeSky, shaded, type View } from './shade.ts';

/** One picture of a place, with everything that is known about it. */
export interface Frame {
  /** RGB, interleaved. */
  image: { width: number; height: number; data: Uint8Array };
  /** trainIds, see {@link sceneClasses}. */
  label: { width: number; height: number; data: Uint8Array };
  /**
   * Depth along the optical axis at every pixel's centre, metres; {@link skyDepth} where the sky
   * is.
   */
  depth: Float32Array;
  /** 1 where something is seen that moves by itself. */
  moving: Uint8Array;
  intrinsics: Intrinsics;
  /** Camera to world, 4x4, row by row; axes x right, y down, z forward; metres. */
  pose: Float64Array;
  /** Frames after the middle of the snippet. */
  time: number;
}

/** Depth of the sky. */
export const skyDepth = 1e4;

export interface RenderOptions {
  /** Default: drawn from the seed. */
  city?: CityName;
  /** Pixels; default 256 x 128. */
  width?: number;
  height?: number;
}

/**
 * Renders a short drive through the place number `seed`. The same arguments give the same bytes.
 *
 * @param options.frames odd number of frames, default 5; the middle one is the picture that {@link
 *   renderScene} gives
 */
export function renderSnippet(
  seed: number,
  {
    city = cityNames[hash(seed, 3) % cityNames.length],
    width = 256,
    height = 128,
    frames = 5,
  }: RenderOptions & { frames?: number } = {},
): Frame[] {
  if (!(Number.isInteger(frames) && frames % 2 === 1 && frames > 0)) {
    throw new Error(`frames is ${frames}, but a snippet needs an odd number of them, so that one is in the middle.`);
  }
  const { scene, speed, raster } = prepare(seed, city, width, height);
  return Array.from({ length: frames }, (_, index) =>
    renderFrame(scene, { time: index - (frames - 1) / 2, speed, raster }),
  );
}

/** Renders one picture of the place number `seed`. The same arguments give the same bytes. */
export function renderScene(seed: number, options: RenderOptions = {}): Frame {
  return renderSnippet(seed, { ...options, frames: 1 })[0];
}

function prepare(seed: number, city: CityName, width: number, height: number) {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 16 && height >= 8)) {
    throw new Error(`width x height is ${width} x ${height}; give whole numbers of pixels, at least 16 x 8.`);
  }
  const scene = buildScene(seed, city);
  const raster = createRaster(width, height);
  return { scene, raster, speed: cameraSpeed(scene) };
}

function renderFrame(scene: Scene, { time, speed, raster }: { time: number; speed: number; raster: Raster }): Frame {
  const { width, height } = raster;
  const camera = cameraAt(scene.path, { time, speed, focal: scene.focal, width, height });
  rasterize(scene, camera, time, raster);
  const frame: Frame = {
    image: { width, height, data: new Uint8Array(width * height * 3) },
    label: { width, height, data: new Uint8Array(width * height) },
    depth: new Float32Array(width * height),
    moving: new Uint8Array(width * height),
    intrinsics: camera.intrinsics,
    pose: camera.pose,
    time,
  };
  readCentres(raster, frame);
  shadeImage(
    { scene, raster, shadows: placeShadows(scene, time), pixelsPerRadian: camera.intrinsics.fx },
    { camera, noiseSeed: hash(scene.seed, time) },
    frame.image.data,
  );
  return frame;
}

/** Label, depth and motion come from the sample at each pixel's centre. */
function readCentres({ width, height, items, item, inverseDepth }: Raster, frame: Frame): void {
  const half = (samplesPerAxis - 1) / 2;
  for (let v = 0, pixel = 0; v < height; v++) {
    for (let u = 0; u < width; u++, pixel++) {
      const index = (v * samplesPerAxis + half) * width * samplesPerAxis + u * samplesPerAxis + half;
      const seen = items[item[index]];
      frame.label.data[pixel] = seen ? seen.label : labels.sky;
      const layer = seen && 'layer' in seen ? seen.layer : 0;
      frame.depth[pixel] = seen ? (1 + layer * layerNudge) / inverseDepth[index] : skyDepth;
      frame.moving[pixel] = seen?.motion ? 1 : 0;
    }
  }
}

const seenItems = new Uint16Array(samplesPerAxis * samplesPerAxis);
const seenCount = new Uint8Array(samplesPerAxis * samplesPerAxis);
const seenU = new Float64Array(samplesPerAxis * samplesPerAxis);
const seenV = new Float64Array(samplesPerAxis * samplesPerAxis);

/**
 * Lists the items of one pixel, how many samples each has, and the sums of their columns and rows;
 * returns the number of items.
 */
function gatherItems(itemOf: Uint16Array, start: number, columns: number): number {
  const first = itemOf[start];
  let same = true;
  for (let row = 0, index = start; same && row < samplesPerAxis; row++, index += columns) {
    for (let column = 0; column < samplesPerAxis; column++) if (itemOf[index + column] !== first) same = false;
  }
  if (same) {
    seenItems[0] = first;
    seenCount[0] = samplesPerAxis * samplesPerAxis;
    seenU[0] = seenV[0] = (seenCount[0] * (samplesPerAxis - 1)) / 2;
    return 1;
  }
  let kinds = 0;
  for (let row = 0, index = start; row < samplesPerAxis; row++, index += columns) {
    for (let column = 0; column < samplesPerAxis; column++) {
      const item = itemOf[index + column];
      let kind = 0;
      while (kind < kinds && seenItems[kind] !== item) kind++;
      if (kind === kinds) {
        seenItems[kind] = item;
        seenCount[kind] = seenU[kind] = seenV[kind] = 0;
        kinds++;
      }
      seenCount[kind]++;
      seenU[kind] += column;
      seenV[kind] += row;
    }
  }
  return kinds;
}

/**
 * Shades every item once per pixel, at the centre of the samples where it is seen, in proportion to
 * their number.
 */
function shadeImage(view: View, { camera, noiseSeed }: { camera: Camera; noiseSeed: number }, image: Uint8Array): void {
  const { scene, raster } = view;
  const { width, height, item: itemOf, items } = raster;
  const samples = samplesPerAxis * samplesPerAxis;
  const columns = width * samplesPerAxis;
  const rays = rayMatrix(camera);
  const { exposure, contrast } = scene.light;
  for (let v = 0, pixel = 0; v < height; v++) {
    for (let u = 0; u < width; u++, pixel++) {
      const kinds = gatherItems(itemOf, v * samplesPerAxis * columns + u * samplesPerAxis, columns);
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let kind = 0; kind < kinds; kind++) {
        const item = seenItems[kind];
        const count = seenCount[kind];
        const sampleU = u + (seenU[kind] / count - (samplesPerAxis - 1) / 2) / samplesPerAxis;
        const sampleV = v + (seenV[kind] / count - (samplesPerAxis - 1) / 2) / samplesPerAxis;
        const seen = items[item];
        if (seen === null) {
          shadeSky(
            view,
            rays[0] * sampleU + rays[1] * sampleV + rays[2],
            rays[3] * sampleU + rays[4] * sampleV + rays[5],
            rays[6] * sampleU + rays[7] * sampleV + rays[8],
          );
        } else if ('radii' in seen) {
          shadeEllipsoid(view, item, sampleU, sampleV);
        } else shadePolygon(view, item, sampleU, sampleV);
        red += shaded[0] * count;
        green += shaded[1] * count;
        blue += shaded[2] * count;
      }
      const noise = hash(pixel, noiseSeed);
      write(image, pixel * 3, red / samples, exposure, contrast, (noise & 1023) / 1023);
      write(image, pixel * 3 + 1, green / samples, exposure, contrast, ((noise >>> 10) & 1023) / 1023);
      write(image, pixel * 3 + 2, blue / samples, exposure, contrast, ((noise >>> 20) & 1023) / 1023);
    }
  }
}

/** Sensor: exposure, contrast around middle grey, and noise of ±1 step. */
function write(
  image: Uint8Array,
  index: number,
  value: number,
  exposure: number,
  contrast: number,
  noise: number,
): void {
  const level = (value * exposure - 112) * contrast + 112 + (noise - 0.5) * 2;
  image[index] = level < 0 ? 0 : level > 255 ? 255 : level + 0.5;
}
