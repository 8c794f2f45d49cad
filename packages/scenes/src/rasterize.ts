import type { Camera } from './camera.ts';
import type { Ellipsoid, Point, Polygon, Scene } from './scene.ts';
import { valueNoise3 } from './value-noise.ts';

const { abs, ceil, hypot, max, min, sqrt } = Math;

/** Samples per pixel along each axis; odd, so that one of them is the pixel's centre. */
export const samplesPerAxis = 3;

/** Numbers that {@link rasterize} keeps for every visible item, see there. */
export const itemStride = 12;

/** What is visible at every sample of a picture. */
export interface Raster {
  width: number;
  height: number;
  /** Inverse depth of every sample, 0 = sky. */
  inverseDepth: Float32Array;
  /** Item of every sample, 0 = sky. */
  item: Uint16Array;
  /** Items by number; the first is the sky. */
  items: (Polygon | Ellipsoid | null)[];
  /**
   * `itemStride` numbers an item, all linear functions `a u + b v + c` of the pixel. Polygons:
   * inverse depth (a, b, c); the texture coordinates' change with depth (a, b, c) and value at
   * depth 0, along and up. Ellipsoids: the ray in the unit sphere's coordinates, x, y, z (a, b, c
   * each), and its origin.
   */
  numbers: Float64Array;
}

export function createRaster(width: number, height: number): Raster {
  const samples = width * height * samplesPerAxis * samplesPerAxis;
  return {
    width,
    height,
    inverseDepth: new Float32Array(samples),
    item: new Uint16Array(samples),
    items: [],
    numbers: new Float64Array(0),
  };
}

/** Share by which each layer lies nearer in the depth comparison. */
export const layerNudge = 3e-4;

const near = 0.2;
const maxCorners = 16;
const cornersX = new Float64Array(maxCorners);
const cornersY = new Float64Array(maxCorners);

/** Rows of the matrix that turns (u, v, 1) into a ray in world coordinates whose depth is 1. */
export function rayMatrix({ pose, intrinsics: { fx, fy, u0, v0 } }: Camera): Float64Array {
  const rays = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    const [right, down, forward] = [pose[row * 4], pose[row * 4 + 1], pose[row * 4 + 2]];
    rays[row * 3] = right / fx;
    rays[row * 3 + 1] = down / fy;
    rays[row * 3 + 2] = forward - (right * u0) / fx - (down * v0) / fy;
  }
  return rays;
}

/**
 * Finds for every sample of the raster what the camera sees there, `time` frames after the scene's
 * middle frame.
 */
export function rasterize(scene: Scene, camera: Camera, time: number, raster: Raster): void {
  const count = scene.polygons.length + scene.ellipsoids.length + 1;
  if (raster.numbers.length < count * itemStride) raster.numbers = new Float64Array(count * itemStride);
  raster.inverseDepth.fill(0);
  raster.item.fill(0);
  raster.items.length = 0;
  raster.items.push(null);
  const rays = rayMatrix(camera);
  for (const polygon of scene.polygons) drawPolygon(polygon, camera, rays, time, raster);
  for (const ellipsoid of scene.ellipsoids) drawEllipsoid(ellipsoid, camera, rays, time, raster);
}

const dotColumn = (rays: Float64Array, column: number, v: Point) =>
  rays[column] * v[0] + rays[3 + column] * v[1] + rays[6 + column] * v[2];

function cross(a: Point, b: Point): Point {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function drawPolygon(polygon: Polygon, camera: Camera, rays: Float64Array, time: number, raster: Raster): void {
  const { pose, intrinsics } = camera;
  const { points, origin } = polygon;
  const shiftX = polygon.motion ? polygon.motion.x * time : 0;
  const shiftZ = polygon.motion ? polygon.motion.z * time : 0;
  const eyeX = pose[3] - shiftX;
  const eyeY = pose[7];
  const eyeZ = pose[11] - shiftZ;
  const normal = polygon.normal ?? cross(polygon.along, polygon.up);
  const first = points[0];
  const distance = normal[0] * (first[0] - eyeX) + normal[1] * (first[1] - eyeY) + normal[2] * (first[2] - eyeZ);
  if (abs(distance) < 1e-9 || (polygon.normal && distance > 0)) return;

  let corners = 0;
  let lastX = 0;
  let lastY = 0;
  let lastZ = 0;
  for (let i = 0; i <= points.length; i++) {
    const point = points[i === points.length ? 0 : i];
    const x = point[0] - eyeX;
    const y = point[1] - eyeY;
    const z = point[2] - eyeZ;
    const cameraX = pose[0] * x + pose[4] * y + pose[8] * z;
    const cameraY = pose[1] * x + pose[5] * y + pose[9] * z;
    const cameraZ = pose[2] * x + pose[6] * y + pose[10] * z;
    if (i > 0) {
      if (lastZ >= near) {
        cornersX[corners] = lastX / lastZ;
        cornersY[corners++] = lastY / lastZ;
      }
      if (lastZ >= near !== cameraZ >= near) {
        const part = (near - lastZ) / (cameraZ - lastZ);
        cornersX[corners] = (lastX + part * (cameraX - lastX)) / near;
        cornersY[corners++] = (lastY + part * (cameraY - lastY)) / near;
      }
    }
    lastX = cameraX;
    lastY = cameraY;
    lastZ = cameraZ;
  }
  if (corners < 3) return;

  const half = (samplesPerAxis - 1) / 2;
  const columns = raster.width * samplesPerAxis;
  const rows = raster.height * samplesPerAxis;
  let top = Infinity;
  let bottom = -Infinity;
  let left = Infinity;
  let right = -Infinity;
  for (let i = 0; i < corners; i++) {
    cornersX[i] = (cornersX[i] * intrinsics.fx + intrinsics.u0) * samplesPerAxis + half;
    cornersY[i] = (cornersY[i] * intrinsics.fy + intrinsics.v0) * samplesPerAxis + half;
    top = min(top, cornersY[i]);
    bottom = max(bottom, cornersY[i]);
    left = min(left, cornersX[i]);
    right = max(right, cornersX[i]);
  }
  const firstRow = max(0, ceil(top));
  const endRow = min(rows, ceil(bottom));
  if (firstRow >= endRow || right <= 0 || left >= columns) return;

  const item = raster.items.length;
  raster.items.push(polygon);
  const numbers = raster.numbers;
  const at = item * itemStride;
  for (let column = 0; column < 3; column++) {
    numbers[at + column] = dotColumn(rays, column, normal) / distance;
    numbers[at + 3 + column] = dotColumn(rays, column, polygon.along);
    numbers[at + 7 + column] = dotColumn(rays, column, polygon.up);
  }
  const x = eyeX - origin[0];
  const y = eyeY - origin[1];
  const z = eyeZ - origin[2];
  numbers[at + 6] = x * polygon.along[0] + y * polygon.along[1] + z * polygon.along[2];
  numbers[at + 10] = x * polygon.up[0] + y * polygon.up[1] + z * polygon.up[2];

  const nudge = 1 + polygon.layer * layerNudge;
  const stepU = (numbers[at] * nudge) / samplesPerAxis;
  const stepV = (numbers[at + 1] * nudge) / samplesPerAxis;
  const start = numbers[at + 2] * nudge - half * (stepU + stepV);
  const { inverseDepth, item: itemOf } = raster;
  for (let row = firstRow; row < endRow; row++) {
    let from = Infinity;
    let to = -Infinity;
    for (let i = 0, j = corners - 1; i < corners; j = i++) {
      const y0 = cornersY[j];
      const y1 = cornersY[i];
      if (y0 <= row === y1 <= row) continue;
      const crossing = cornersX[j] + ((row - y0) / (y1 - y0)) * (cornersX[i] - cornersX[j]);
      if (crossing < from) from = crossing;
      if (crossing > to) to = crossing;
    }
    const firstColumn = from > 0 ? ceil(from) : 0;
    const endColumn = to < columns ? ceil(to) : columns;
    const base = start + stepV * row;
    for (let column = firstColumn, index = row * columns + firstColumn; column < endColumn; column++, index++) {
      const inverse = base + stepU * column;
      if (inverse > inverseDepth[index]) {
        inverseDepth[index] = inverse;
        itemOf[index] = item;
      }
    }
  }
}

function drawEllipsoid(ellipsoid: Ellipsoid, camera: Camera, rays: Float64Array, time: number, raster: Raster): void {
  const { pose, intrinsics } = camera;
  const { center, radii, motion, fray } = ellipsoid;
  const x = center[0] + (motion ? motion.x * time : 0) - pose[3];
  const y = center[1] - pose[7];
  const z = center[2] + (motion ? motion.z * time : 0) - pose[11];
  const depth = pose[2] * x + pose[6] * y + pose[10] * z;
  const reach = hypot(pose[2] * radii[0], pose[6] * radii[1], pose[10] * radii[2]);
  if (depth - reach < near) return;

  // Outline's bounding box: tangent planes of the ellipsoid through the eye (dual conic).
  const columns = raster.width * samplesPerAxis;
  const rows = raster.height * samplesPerAxis;
  const half = (samplesPerAxis - 1) / 2;
  const squareDepth = reach * reach - depth * depth;
  const bounds = (axis: 0 | 1, focal: number, centre: number): [number, number] => {
    const offset = pose[axis] * x + pose[4 + axis] * y + pose[8 + axis] * z;
    let mixed = -offset * depth;
    let square = -offset * offset;
    for (let i = 0; i < 3; i++) {
      const size = radii[i] * radii[i];
      mixed += pose[i * 4 + axis] * pose[i * 4 + 2] * size;
      square += pose[i * 4 + axis] * pose[i * 4 + axis] * size;
    }
    const root = sqrt(max(0, mixed * mixed - square * squareDepth));
    const a = (mixed + root) / squareDepth;
    const b = (mixed - root) / squareDepth;
    const toSample = (value: number) => (value * focal + centre) * samplesPerAxis + half;
    return [toSample(min(a, b)), toSample(max(a, b))];
  };
  const [left, right] = bounds(0, intrinsics.fx, intrinsics.u0);
  const [top, bottom] = bounds(1, intrinsics.fy, intrinsics.v0);
  const firstColumn = max(0, ceil(left));
  const endColumn = min(columns, ceil(right));
  const firstRow = max(0, ceil(top));
  const endRow = min(rows, ceil(bottom));
  if (firstColumn >= endColumn || firstRow >= endRow) return;

  const item = raster.items.length;
  raster.items.push(ellipsoid);
  const numbers = raster.numbers;
  const at = item * itemStride;
  for (let axis = 0; axis < 3; axis++) {
    for (let column = 0; column < 3; column++) {
      numbers[at + axis * 3 + column] = rays[axis * 3 + column] / radii[axis];
    }
  }
  const originX = -x / radii[0];
  const originY = -y / radii[1];
  const originZ = -z / radii[2];
  numbers[at + 9] = originX;
  numbers[at + 10] = originY;
  numbers[at + 11] = originZ;

  const outside = originX * originX + originY * originY + originZ * originZ;
  const { inverseDepth, item: itemOf } = raster;
  const nearest = 1 / (depth - reach);
  const seed = center[0] * 1.7 + center[1] * 3.1 + center[2] * 0.9;
  for (let row = firstRow; row < endRow; row++) {
    const v = (row - half) / samplesPerAxis;
    const baseX = numbers[at + 1] * v + numbers[at + 2];
    const baseY = numbers[at + 4] * v + numbers[at + 5];
    const baseZ = numbers[at + 7] * v + numbers[at + 8];
    for (let column = firstColumn, index = row * columns + firstColumn; column < endColumn; column++, index++) {
      if (inverseDepth[index] >= nearest) continue;
      const u = (column - half) / samplesPerAxis;
      const rayX = baseX + numbers[at] * u;
      const rayY = baseY + numbers[at + 3] * u;
      const rayZ = baseZ + numbers[at + 6] * u;
      const a = rayX * rayX + rayY * rayY + rayZ * rayZ;
      const b = rayX * originX + rayY * originY + rayZ * originZ;
      // Squared distance of the ray from the unit sphere's centre.
      const miss = outside - (b * b) / a;
      if (miss >= 1) continue;
      const sampleDepth = (-b - sqrt((1 - miss) * a)) / a;
      const inverse = 1 / sampleDepth;
      if (inverse <= inverseDepth[index]) continue;
      if (fray > 0 && miss > (1 - fray) * (1 - fray)) {
        const closest = -b / a;
        const ragged = valueNoise3(
          (originX + rayX * closest) * 3.5 + seed,
          (originY + rayY * closest) * 3.5,
          (originZ + rayZ * closest) * 3.5 - seed,
        );
        if (miss > 1 - fray * (1 + ragged)) continue;
      }
      inverseDepth[index] = inverse;
      itemOf[index] = item;
    }
  }
}
