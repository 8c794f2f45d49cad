import type { CityStyle } from './city-styles.ts';
import type { Random } from './random.ts';
import type { Color, Ellipsoid, GroundShadow, Light, Motion, Paint, Point, Polygon } from './scene.ts';

/** A scene in the making. */
export interface Draft {
  random: Random;
  style: CityStyle;
  light: Light;
  polygons: Polygon[];
  ellipsoids: Ellipsoid[];
  shadows: GroundShadow[];
}

/**
 * Where an object stands and which way it faces: its own z axis points `heading` radians to the
 * right of the street's.
 */
export interface Place {
  x: number;
  z: number;
  heading: number;
  motion: Motion | null;
}

/** Place at (x, z). */
export const standing = (x: number, z: number, heading = 0, motion: Motion | null = null): Place => ({
  x,
  z,
  heading,
  motion,
});

/** World point of (right, height, forward) as seen by an object at `place`. */
export function toWorld({ x, z, heading }: Place, right: number, height: number, forward: number): Point {
  const [sin, cos] = [Math.sin(heading), Math.cos(heading)];
  return [x + right * cos + forward * sin, -height, z - right * sin + forward * cos];
}

/** World direction of (right, up, forward) of an object at `place`. */
export function directionToWorld({ heading }: Place, right: number, up: number, forward: number): Point {
  const [sin, cos] = [Math.sin(heading), Math.cos(heading)];
  return [right * cos + forward * sin, -up, forward * cos - right * sin];
}

/** Light on a surface with the given normal. */
export function lightOn(light: Light, normal: Point): number {
  const facing = normal[0] * light.sun[0] + normal[1] * light.sun[1] + normal[2] * light.sun[2];
  return 1 - 0.55 * light.strength + 0.75 * light.strength * Math.max(0, facing) - 0.08 * normal[2];
}

export interface Look {
  paint: Paint;
  label: number;
  layer?: number;
}

/**
 * Adds a convex polygon given in an object's own coordinates (right, height, forward); it shows on
 * the side of `normal`.
 */
export function addPolygon(
  draft: Draft,
  place: Place,
  shape: {
    corners: readonly Point[];
    origin: Point;
    along: Point;
    up: Point;
    normal: Point;
    twoSided?: true;
  },
  { paint, label, layer = 0 }: Look,
): void {
  const normal = directionToWorld(place, ...shape.normal);
  draft.polygons.push({
    points: shape.corners.map((corner) => toWorld(place, ...corner)),
    origin: toWorld(place, ...shape.origin),
    along: directionToWorld(place, ...shape.along),
    up: directionToWorld(place, ...shape.up),
    normal: shape.twoSided ? null : normal,
    paint,
    label,
    light: lightOn(draft.light, normal),
    layer,
    motion: place.motion,
  });
}

/**
 * Adds a rectangle that stands upright at depth `forward`, `right` from..to, `height` from..to,
 * facing backwards (the camera).
 */
export function addPanel(
  draft: Draft,
  place: Place,
  { right, height, forward }: { right: readonly [number, number]; height: readonly [number, number]; forward: number },
  look: Look,
): void {
  const centre: Point = [(right[0] + right[1]) / 2, (height[0] + height[1]) / 2, forward];
  addPolygon(
    draft,
    place,
    {
      corners: [
        [right[0], height[0], forward],
        [right[1], height[0], forward],
        [right[1], height[1], forward],
        [right[0], height[1], forward],
      ],
      origin: look.paint.material === 'sign' ? centre : [right[0], height[0], forward],
      along: [1, 0, 0],
      up: [0, 1, 0],
      normal: [0, 0, -1],
      twoSided: true,
    },
    look,
  );
}

/**
 * A box, or with `taper` a frustum whose top is smaller by that much at left/right, back and front.
 */
export interface Box {
  right: readonly [number, number];
  height: readonly [number, number];
  forward: readonly [number, number];
  taper?: { side: number; back: number; front: number };
}

/** Adds a box without its bottom. */
export function addBox(draft: Draft, place: Place, box: Box, look: Look, sides: Look = look, top: Look = look): void {
  const {
    right: [r0, r1],
    height: [h0, h1],
    forward: [f0, f1],
    taper = { side: 0, back: 0, front: 0 },
  } = box;
  const { side, back, front } = taper;
  const rise = h1 - h0;
  const slant = (amount: number) => Math.hypot(amount, rise);
  const face = (corners: Point[], along: Point, up: Point, normal: Point, of: Look) =>
    addPolygon(draft, place, { corners, origin: corners[0], along, up, normal }, of);
  const backLength = slant(back);
  face(
    [
      [r0, h0, f0],
      [r1, h0, f0],
      [r1 - side, h1, f0 + back],
      [r0 + side, h1, f0 + back],
    ],
    [1, 0, 0],
    [0, rise / backLength, back / backLength],
    [0, back / backLength, -rise / backLength],
    look,
  );
  const frontLength = slant(front);
  face(
    [
      [r1, h0, f1],
      [r0, h0, f1],
      [r0 + side, h1, f1 - front],
      [r1 - side, h1, f1 - front],
    ],
    [-1, 0, 0],
    [0, rise / frontLength, -front / frontLength],
    [0, front / frontLength, rise / frontLength],
    look,
  );
  const sideLength = slant(side);
  face(
    [
      [r0, h0, f0],
      [r0, h0, f1],
      [r0 + side, h1, f1 - front],
      [r0 + side, h1, f0 + back],
    ],
    [0, 0, 1],
    [side / sideLength, rise / sideLength, 0],
    [-rise / sideLength, side / sideLength, 0],
    sides,
  );
  face(
    [
      [r1, h0, f0],
      [r1, h0, f1],
      [r1 - side, h1, f1 - front],
      [r1 - side, h1, f0 + back],
    ],
    [0, 0, 1],
    [-side / sideLength, rise / sideLength, 0],
    [rise / sideLength, side / sideLength, 0],
    sides,
  );
  face(
    [
      [r0 + side, h1, f0 + back],
      [r1 - side, h1, f0 + back],
      [r1 - side, h1, f1 - front],
      [r0 + side, h1, f1 - front],
    ],
    [1, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
    top,
  );
}

/** Adds a rectangle of ground in world coordinates, `raised` metres high. */
export function addGround(
  draft: Draft,
  { x, z, raised }: { x: readonly [number, number]; z: readonly [number, number]; raised: number },
  look: Look,
): void {
  if (x[1] <= x[0] || z[1] <= z[0]) return;
  draft.polygons.push({
    points: [
      [x[0], -raised, z[0]],
      [x[1], -raised, z[0]],
      [x[1], -raised, z[1]],
      [x[0], -raised, z[1]],
    ],
    origin: [0, -raised, 0],
    along: [1, 0, 0],
    up: [0, 0, 1],
    normal: [0, -1, 0],
    paint: look.paint,
    label: look.label,
    light: lightOn(draft.light, [0, -1, 0]),
    layer: look.layer ?? 0,
    motion: null,
  });
}

/** `color` with its brightness and hue disturbed a little. */
export function vary(random: Random, color: Color, amount = 0.1): Color {
  const brightness = 1 + amount * random.normal();
  const channel = (value: number) =>
    Math.min(245, Math.max(8, value * brightness * (1 + 0.5 * amount * random.normal())));
  return [channel(color[0]), channel(color[1]), channel(color[2])];
}

/** `color` times `factor`. */
export function darken([red, green, blue]: Color, factor: number): Color {
  return [red * factor, green * factor, blue * factor];
}
