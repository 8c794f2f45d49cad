/** RGB, 0..255. */
export type Color = readonly [number, number, number];

/** Metres; x right, y down, z forward along the street; the ground lies at y = 0. */
export type Point = readonly [number, number, number];

export type Paint =
  | { material: 'plain'; color: Color; grain: number; feature: number }
  | {
      material: 'road';
      color: Color;
      grain: number;
      markings: readonly Marking[];
      markingColor: Color;
      dashOffset: number;
    }
  | { material: 'paving'; color: Color; grain: number; tile: number; joint: number }
  | { material: 'grass'; color: Color; second: Color; grain: number }
  | { material: 'facade'; facade: Facade }
  | { material: 'leaves'; color: Color; second: Color; grain: number; feature: number }
  | {
      material: 'sign';
      color: Color;
      border: Color;
      symbol: Color;
      halfWidth: number;
      halfHeight: number;
      round: boolean;
    };

/** Paint that has no direction, for round objects. */
export type SolidPaint = Extract<Paint, { material: 'plain' | 'leaves' }>;

/** White paint on the road: a line along z (`dash` 0 = solid), a zebra crossing or a stop line. */
export type Marking =
  | { kind: 'line'; x: number; width: number; dash: number; from: number; to: number }
  | { kind: 'zebra'; from: number; to: number; left: number; right: number }
  | { kind: 'bar'; from: number; to: number; left: number; right: number };

/** A wall with a grid of windows; lengths in metres. */
export interface Facade {
  wall: Color;
  window: Color;
  trim: Color;
  height: number;
  bay: number;
  floor: number;
  /** Part of bay and floor that is glass, 0..1. */
  windowWidth: number;
  windowHeight: number;
  /** Height of the ground floor when it is a shop, else 0. */
  shop: number;
  shopColor: Color;
  /** Period of a fine relief (bricks, corrugated sheet), 0 = none. */
  relief: number;
  grain: number;
  seed: number;
}

/** Metres per frame. */
export interface Motion {
  x: number;
  z: number;
}

/** Convex planar polygon. Texture coordinates are metres along `along` and `up` from `origin`. */
export interface Polygon {
  points: Point[];
  origin: Point;
  along: Point;
  up: Point;
  /** Unit normal; null when both sides show. */
  normal: Point | null;
  paint: Paint;
  /** trainId. */
  label: number;
  /** Light that reaches it, 1 = a surface that faces the sun. */
  light: number;
  /** Where polygons share a plane, the higher layer shows. */
  layer: number;
  motion: Motion | null;
}

/** Axis-aligned ellipsoid. */
export interface Ellipsoid {
  center: Point;
  radii: Point;
  paint: SolidPaint;
  label: number;
  /** How far the outline is frayed, 0..0.5. */
  fray: number;
  motion: Motion | null;
}

/** Round soft shadow on the ground. */
export interface GroundShadow {
  x: number;
  z: number;
  radiusX: number;
  radiusZ: number;
  strength: number;
  motion: Motion | null;
}

export interface Light {
  /** Unit vector towards the sun. */
  sun: Point;
  /** 0 = overcast, 1 = hard light. */
  strength: number;
  tint: Color;
  skyTop: Color;
  skyHorizon: Color;
  /** Cloud colour and cover 0..1. */
  cloud: Color;
  cloudCover: number;
  /** Share of light lost to fog per metre. */
  fog: number;
  exposure: number;
  contrast: number;
}

/**
 * Edge of the buildings' shadow: ground at height 0 with x beyond `edge(z)` towards the sun lies in
 * shadow.
 */
export interface BuildingShadow {
  from: number;
  step: number;
  /** x of the edge for z = from, from + step, ... */
  edge: Float64Array;
  /** Sign of x towards the sun. */
  side: number;
}

/** Path of the camera: where it is and how it turns from frame to frame. */
export interface CameraPath {
  x: number;
  z: number;
  /** Metres above the ground. */
  height: number;
  /** Radians, positive = to the right. */
  yaw: number;
  /** Radians, positive = down. */
  pitch: number;
  /** Radians per frame. */
  yawRate: number;
  /** Direction of travel, radians. */
  heading: number;
  /** Wanted median optical flow in pixels of a picture 256 wide. */
  flow: number;
}

/** A place: everything there is, and how the camera moves through it. */
export interface Scene {
  polygons: Polygon[];
  ellipsoids: Ellipsoid[];
  shadows: GroundShadow[];
  buildingShadow: BuildingShadow | null;
  light: Light;
  path: CameraPath;
  /** Focal length divided by the picture's width. */
  focal: number;
  seed: number;
}
