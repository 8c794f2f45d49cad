import { addBuilding } from './add-building.ts';
import { addCar } from './add-car.ts';
import { addPerson } from './add-person.ts';
import { addDirectionBoard, addLamp, addMast, addSign, addTrafficLight } from './add-street-furniture.ts';
import { addBush, addHedge, addTree } from './add-tree.ts';
import { cityNames, cityStyles, type CityName, type CityStyle } from './city-styles.ts';
import { addGround, darken, vary, type Draft, type Look, type Place } from './draft.ts';
import { hash } from './hash.ts';
import { labels } from './labels.ts';
import { createRandom, type Random } from './random.ts';
import type { BuildingShadow, CameraPath, Color, Light, Marking, Motion, Paint, Scene } from './scene.ts';

/** Where the street, its crossings and its end lie; metres. */
interface Street {
  /** Half of the road's width. */
  half: number;
  pavement: readonly [left: number, right: number];
  crossings: readonly (readonly [from: number, to: number])[];
  /** Where the street meets another one and ends; Infinity when it goes on. */
  end: number;
}

const horizon = 170;
const behind = -14;
const sideways = 90;
const kerb = 0.13;

/** Builds the place number `seed` of a city. */
export function buildScene(seed: number, city: CityName): Scene {
  const style: CityStyle = cityStyles[city];
  const random = createRandom(hash(seed, 1000 + cityNames.indexOf(city)));
  const light = drawLight(random, style);
  const draft: Draft = { random, style, light, polygons: [], ellipsoids: [], shadows: [] };
  const street = drawStreet(random, style);
  const path = drawPath(random, street);
  addGrounds(draft, street);
  const shadowEdge = addBlocks(draft, street, path);
  addFurniture(draft, street, path);
  addCrossingLights(draft, street, path);
  addTraffic(draft, street, path);
  addPeople(draft, street, path);
  addHorizon(draft);
  return {
    polygons: draft.polygons,
    ellipsoids: draft.ellipsoids,
    shadows: draft.shadows,
    buildingShadow: light.strength > 0.15 ? shadowEdge : null,
    light,
    path,
    focal: 0.95,
    seed: hash(seed, 77),
  };
}

function drawLight(random: Random, style: CityStyle): Light {
  const side = random.chance(0.5) ? 1 : -1;
  // Weather comes from anywhere; sky colours say little about the city.
  const weather: CityStyle = random.chance(0.45) ? cityStyles[random.pick(cityNames)] : style;
  const elevation = random.between(...style.sunHeight);
  const azimuth = random.between(-1.1, 0.9);
  const sun = [
    side * Math.cos(elevation) * Math.cos(azimuth),
    -Math.sin(elevation),
    Math.cos(elevation) * Math.sin(azimuth),
  ] as const;
  return {
    sun,
    strength: random.between(...style.sun),
    tint: cast(random, style.tint, 0.07),
    skyTop: cast(random, darken(weather.skyTop, random.between(0.6, 1.25)), 0.1),
    skyHorizon: cast(random, darken(weather.skyHorizon, random.between(0.62, 1.18)), 0.06),
    cloud: cast(random, darken(weather.cloud, random.between(0.66, 1.15)), 0.04),
    cloudCover: random.between(...weather.cloudCover),
    fog: random.between(...style.fog),
    exposure: random.between(...style.exposure) * random.between(0.68, 1.15),
    contrast: random.between(...style.contrast),
  };
}

/** `color` under light of another hue. */
function cast(random: Random, [red, green, blue]: Color, amount: number): Color {
  const warmth = amount * random.normal();
  const green2 = 0.5 * amount * random.normal();
  const within = (value: number) => Math.min(250, Math.max(8, value));
  return [within(red * (1 + warmth)), within(green * (1 + green2)), within(blue * (1 - warmth))];
}

function drawStreet(random: Random, style: CityStyle): Street {
  const half = random.between(...style.roadWidth) / 2;
  const pavement = [random.between(...style.pavement), random.between(...style.pavement)] as const;
  const end = random.chance(style.ends) ? random.between(16, 48) : Infinity;
  const crossings: [number, number][] = [];
  let z = random.between(4, 45);
  while (z < Math.min(110, end - 14)) {
    if (random.chance(0.65)) crossings.push([z, z + random.between(6, 11)]);
    z += random.between(32, 60);
  }
  if (end < Infinity) crossings.push([end, end + random.between(6, 11)]);
  return { half, pavement: [pavement[0] < 0.5 ? 0 : pavement[0], pavement[1] < 0.5 ? 0 : pavement[1]], crossings, end };
}

function drawPath(random: Random, { half }: Street): CameraPath {
  const turning = random.chance(0.33);
  const yaw = turning ? random.normal() * 0.26 : random.normal() * 0.05;
  return {
    x: half * random.between(0.12, 0.68),
    z: 0,
    height: random.between(1.25, 2.2),
    yaw,
    pitch: random.normal() * 0.035 + 0.01,
    yawRate: turning ? Math.min(0.011, Math.max(-0.011, random.normal() * 0.008)) : random.normal() * 0.0012,
    heading: yaw * 0.8,
    flow: random.between(2.4, 4),
  };
}

const inCrossing = ({ crossings, end }: Street, z: number, margin: number) =>
  z > end - margin || crossings.some(([from, to]) => z > from - margin && z < to + margin);

/** Stretches of street side between the crossings. */
function blocksOf({ crossings, end }: Street): (readonly [number, number])[] {
  const blocks: (readonly [number, number])[] = [];
  let from = behind;
  for (const [start, stop] of crossings) {
    blocks.push([from, start]);
    from = stop;
  }
  if (end === Infinity) blocks.push([from, horizon]);
  return blocks;
}

const plain = (color: Color, grain = 0.08, feature = 0.15): Paint => ({ material: 'plain', color, grain, feature });

/** Ground that occurs in every city: gravel, dust and dry grass. */
const bareGround: readonly (readonly [Color, Color])[] = [
  [
    [132, 130, 126],
    [150, 146, 138],
  ],
  [
    [146, 128, 100],
    [166, 150, 122],
  ],
  [
    [104, 100, 92],
    [128, 120, 106],
  ],
];

function addGrounds(draft: Draft, street: Street): void {
  const { random, style } = draft;
  const { half, pavement, crossings, end } = street;
  const grain = random.between(0.05, 0.085);
  const roadColor = vary(random, random.pick(style.road), 0.1);
  const roadEnd = Math.min(horizon * 2, end);
  const markings = drawMarkings(random, street);
  const road: Paint = {
    material: 'road',
    color: roadColor,
    grain,
    markings,
    markingColor: vary(random, [206, 204, 198], 0.06),
    dashOffset: random.between(0, 10),
  };
  addGround(draft, { x: [-half, half], z: [behind, roadEnd], raised: 0 }, { paint: road, label: labels.road });
  for (const [from, to] of crossings) {
    const look: Look = { paint: { ...road, markings: [] }, label: labels.road };
    addGround(draft, { x: [-sideways, -half], z: [from, to], raised: 0 }, look);
    addGround(draft, { x: [half, sideways], z: [from, to], raised: 0 }, look);
    if (from >= end) addGround(draft, { x: [-half, half], z: [from, to], raised: 0 }, look);
  }

  const paving: Look = {
    paint: {
      material: 'paving',
      color: vary(random, random.pick(random.chance(0.5) ? style.road : style.paving), 0.12),
      grain: random.between(0.05, 0.08),
      tile: random.between(0.5, 1.2),
      joint: random.between(0.15, 0.35),
    },
    label: labels.sidewalk,
  };
  const [dark, bright] = random.pick(random.chance(0.4) ? bareGround : style.ground);
  const grass: Look = {
    paint: {
      material: 'grass',
      color: vary(random, dark, 0.1),
      second: vary(random, bright, 0.1),
      grain: random.between(0.09, 0.15),
    },
    label: labels.terrain,
  };
  const kerbLook: Look = { paint: plain(vary(random, [150, 148, 144], 0.1), 0.1, 0.2), label: labels.sidewalk };
  const kerbFace = (
    from: readonly [number, number],
    to: readonly [number, number],
    normal: readonly [number, number, number],
  ) => {
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    draft.polygons.push({
      points: [
        [from[0], 0, from[1]],
        [to[0], 0, to[1]],
        [to[0], -kerb, to[1]],
        [from[0], -kerb, from[1]],
      ],
      origin: [from[0], 0, from[1]],
      along: [(to[0] - from[0]) / length, 0, (to[1] - from[1]) / length],
      up: [0, -1, 0],
      normal,
      paint: kerbLook.paint,
      label: kerbLook.label,
      light: 0.9,
      layer: 0,
      motion: null,
    });
  };

  for (const side of [-1, 1] as const) {
    const width = pavement[side === -1 ? 0 : 1];
    const span = (from: number, to: number): [number, number] => (side === 1 ? [from, to] : [-to, -from]);
    for (const [from, to] of blocksOf(street)) {
      const closed = (z: number) => z > behind && z < horizon;
      const near = closed(from) ? from + width : from;
      const far = closed(to) ? to - width : to;
      if (width > 0) {
        addGround(draft, { x: span(half, half + width), z: [from, to], raised: kerb }, paving);
        addGround(draft, { x: span(half + width, sideways), z: [from, near], raised: kerb }, paving);
        addGround(draft, { x: span(half + width, sideways), z: [far, to], raised: kerb }, paving);
        kerbFace([side * half, from], [side * half, to], [-side, 0, 0]);
        if (closed(from)) {
          const [left, right] = span(half, sideways);
          kerbFace([left, from], [right, from], [0, 0, -1]);
        }
      }
      const raised = width > 0 ? kerb : 0;
      addGround(draft, { x: span(half + width, sideways), z: [near, far], raised }, grass);
      if (width > 0 && random.chance(0.4) && width > 2.5) {
        // A strip of grass between pavement and road.
        const strip = random.between(0.6, 1.3);
        addGround(
          draft,
          { x: span(half + 0.25, half + 0.25 + strip), z: [from + 3, to - 3], raised: kerb },
          { ...grass, layer: 1 },
        );
      }
    }
  }
  if (end < Infinity) {
    const [, stop] = crossings[crossings.length - 1];
    const width = Math.max(1.5, pavement[0]);
    addGround(draft, { x: [-sideways, sideways], z: [stop, stop + width], raised: kerb }, paving);
    kerbFace([-sideways, stop], [sideways, stop], [0, 0, -1]);
    addGround(draft, { x: [-sideways, sideways], z: [stop + width, horizon], raised: kerb }, grass);
  }
  // Land beyond the side streets.
  for (const side of [-1, 1]) {
    addGround(
      draft,
      { x: side === 1 ? [sideways, 400] : [-400, -sideways], z: [behind, horizon * 2], raised: 0 },
      grass,
    );
    addGround(
      draft,
      { x: side === 1 ? [half, sideways] : [-sideways, -half], z: [horizon, horizon * 2], raised: 0 },
      grass,
    );
  }
  if (end < Infinity) addGround(draft, { x: [-half, half], z: [horizon, horizon * 2], raised: 0 }, grass);
}

function drawMarkings(random: Random, { half, crossings, end }: Street): Marking[] {
  const markings: Marking[] = [];
  const stretches: [number, number][] = [];
  let from = behind;
  for (const [start, stop] of crossings) {
    stretches.push([from, start - 4.5]);
    from = stop + 4.5;
  }
  if (end === Infinity) stretches.push([from, horizon]);
  const dash = random.pick([6, 8, 10]);
  const centreSolid = random.chance(0.3);
  const edges = random.chance(0.5);
  const lanes = half > 5 ? 4 : 2;
  const marked = random.chance(0.85);
  for (const [start, stop] of stretches) {
    if (stop <= start) continue;
    if (marked) {
      markings.push({ kind: 'line', x: 0, width: 0.16, dash: centreSolid ? 0 : dash, from: start, to: stop });
      if (lanes === 4) {
        for (const x of [-half / 2, half / 2])
          markings.push({ kind: 'line', x, width: 0.14, dash, from: start, to: stop });
      }
    }
    if (edges) {
      for (const x of [-half + 0.3, half - 0.3])
        markings.push({ kind: 'line', x, width: 0.14, dash: 0, from: start, to: stop });
    }
  }
  for (const [start, stop] of crossings) {
    if (random.chance(0.55)) {
      markings.push({ kind: 'zebra', from: start - 3.8, to: start - 1, left: -half + 0.4, right: half - 0.4 });
      markings.push({ kind: 'bar', from: start - 4.9, to: start - 4.4, left: 0, right: half - 0.2 });
      if (start < end)
        markings.push({ kind: 'zebra', from: stop + 1, to: stop + 3.8, left: -half + 0.4, right: half - 0.4 });
    } else markings.push({ kind: 'bar', from: start - 1.3, to: start - 0.8, left: 0, right: half - 0.2 });
  }
  return markings;
}

const standing = (x: number, z: number, heading = 0, motion: Motion | null = null): Place => ({
  x,
  z,
  heading,
  motion,
});

/** Keeps clear of where the camera passes. */
const clear = (path: CameraPath, x: number, z: number, distance: number) =>
  Math.hypot(Math.max(0, Math.abs(x - path.x) - 0.5), z < 0 ? z + 3 : Math.max(0, z - 3)) > distance || z < -6;

/** Fills the blocks with houses, gardens, parks and fields; returns the edge of the houses' shadow. */
function addBlocks(draft: Draft, street: Street, path: CameraPath): BuildingShadow {
  const { random, style, light } = draft;
  const { half, pavement, end } = street;
  const step = 0.5;
  const side = Math.sign(light.sun[0]) || 1;
  const length = Math.abs(light.sun[0] / light.sun[1]);
  const edge = new Float64Array(Math.ceil((horizon - behind) / step)).fill(side * 1000);
  const cast = (wall: number, from: number, to: number, height: number) => {
    for (
      let i = Math.max(0, Math.floor((from - behind) / step));
      i < Math.min(edge.length, (to - behind) / step);
      i++
    ) {
      const reach = wall - side * height * length;
      edge[i] = side === 1 ? Math.min(edge[i], reach) : Math.max(edge[i], reach);
    }
  };

  const tree = () => random.between(4.5, 10);
  const park = (x: readonly [number, number], z: readonly [number, number]) => {
    const area = (x[1] - x[0]) * (z[1] - z[0]);
    const count = Math.min(26, Math.ceil((area / 90) * (0.25 + style.trees)));
    for (let i = 0; i < count; i++) {
      const [px, pz] = [random.between(...x), random.between(...z)];
      if (!clear(path, px, pz, 5)) continue;
      if (random.chance(0.65)) addTree(draft, standing(px, pz), tree());
      else addBush(draft, standing(px, pz), random.between(0.6, 1.6));
    }
  };

  for (const side of [-1, 1] as const) {
    const width = pavement[side === -1 ? 0 : 1];
    const line = half + width;
    for (const [from, to] of blocksOf(street)) {
      if (to - from < 8) continue;
      if (!random.chance(style.built)) {
        park(side === 1 ? [line + 1.5, line + 28] : [-line - 28, -line - 1.5], [
          Math.max(from + 2, -4),
          Math.min(to - 2, 95),
        ]);
        if (random.chance(style.hedges)) {
          const x = line + random.between(0.8, 2);
          const right = side === 1 ? ([x, x + 0.8] as const) : ([-x - 0.8, -x] as const);
          addHedge(draft, standing(0, 0), {
            right,
            forward: [from + 2, Math.min(to - 2, 90)],
            height: random.between(0.7, 1.5),
          });
        }
        continue;
      }
      const setback = random.between(...style.setback);
      let z = from + (from > behind ? width * random.between(0.6, 1.2) : 0);
      const last = to - (to < horizon ? width * random.between(0.6, 1.2) : 0);
      while (z < last - 4) {
        const remaining = last - z;
        let wide = Math.min(random.between(...style.buildingWidth), remaining);
        if (remaining - wide < 5) wide = remaining;
        if (random.chance(style.gaps)) {
          const gap = Math.min(remaining, random.between(4, 11));
          if (random.chance(0.6))
            park(side === 1 ? [line + 4, line + 18] : [-line - 18, -line - 4], [z + 1, z + gap - 1]);
          z += gap;
          continue;
        }
        const height = random.between(...style.buildingHeight);
        const x = line + setback + (setback > 1 ? random.between(-1, 2) : random.between(0, 0.15));
        const deep = random.between(9, 16);
        const right = side === 1 ? ([x, x + deep] as const) : ([-x - deep, -x] as const);
        addBuilding(draft, standing(0, 0), { right, forward: [z, z + wide], height });
        if (side === (Math.sign(light.sun[0]) || 1)) cast(side * x, z, z + wide, height);
        if (setback > 2.5 && z < 70)
          addGarden(draft, path, { side, line, wall: x, from: Math.max(z, -3), to: z + wide });
        z += wide + (random.chance(0.2) && setback > 1 ? random.between(1, 4) : 0);
      }
    }
    // Street trees.
    const spacing = 10 / Math.max(0.05, style.trees);
    for (let z = random.between(2, 2 + spacing); z < 90; z += spacing * random.between(0.7, 1.4)) {
      const x = width > 2 ? half + random.between(0.6, 1) : line + random.between(0.8, 1.8);
      if (
        inCrossing(street, z, 4) ||
        !clear(path, side * x, z, 4) ||
        (style.built > 0.5 && width < 1.6 && style.setback[1] < 1)
      )
        continue;
      addTree(draft, standing(side * x, z), random.between(4.5, 8.5));
    }
  }

  if (end < Infinity) {
    const [, stop] = street.crossings[street.crossings.length - 1];
    const front = stop + Math.max(1.5, pavement[0]) + random.between(0, 2) + random.between(...style.setback);
    if (random.chance(Math.max(0.3, style.built))) {
      let x = -45 + random.between(0, 10);
      while (x < 45) {
        const wide = random.between(...style.buildingWidth);
        if (!random.chance(style.gaps * 0.6)) {
          addBuilding(draft, standing(0, 0), {
            right: [x, x + wide],
            forward: [front + random.between(0, 1), front + 14],
            height: random.between(...style.buildingHeight),
          });
        }
        x += wide;
      }
    } else {
      park([-30, 30], [front, front + 30]);
      if (random.chance(0.5))
        addHedge(draft, standing(0, 0), {
          right: [-30, 30],
          forward: [front - 1, front],
          height: random.between(0.8, 2.2),
        });
    }
  }
  return { from: behind, step, edge, side };
}

function addGarden(
  draft: Draft,
  path: CameraPath,
  { side, line, wall, from, to }: { side: number; line: number; wall: number; from: number; to: number },
): void {
  const { random, style } = draft;
  if (random.chance(style.hedges)) {
    const x = line + 0.2;
    const door = from + random.between(0.3, 0.7) * (to - from);
    const height = random.between(0.7, 1.7);
    const right = side === 1 ? ([x, x + 0.7] as const) : ([-x - 0.7, -x] as const);
    addHedge(draft, standing(0, 0), { right, forward: [from + 0.3, door - 0.7], height });
    addHedge(draft, standing(0, 0), { right, forward: [door + 0.7, to - 0.3], height });
  }
  const room = wall - line;
  for (let z = from + 1; z < to; z += random.between(4, 9)) {
    const x = side * (line + random.between(0.35, 0.8) * room);
    if (!clear(path, x, z, 4)) continue;
    if (room > 4 && random.chance(0.35 * style.trees + 0.1)) addTree(draft, standing(x, z), random.between(3.5, 7));
    else if (random.chance(0.3 + 0.5 * style.hedges)) addBush(draft, standing(x, z), random.between(0.5, 1.1));
  }
}

function addFurniture(draft: Draft, street: Street, path: CameraPath): void {
  const { random, style } = draft;
  const { half, pavement, crossings, end } = street;
  for (const side of [-1, 1] as const) {
    const width = pavement[side === -1 ? 0 : 1];
    const edge = half + (width > 0 ? 0.4 : 0.9);
    const spacing = 10 / style.lamps;
    for (let z = random.between(4, 4 + spacing * 0.6); z < 85; z += spacing * random.between(0.85, 1.15)) {
      if (inCrossing(street, z, 2) || !clear(path, side * edge, z, 3)) continue;
      if (random.chance(0.75)) addLamp(draft, standing(side * edge, z), -side * random.between(0.8, 2.4));
      else addMast(draft, standing(side * (edge + 0.3), z));
    }
    const signSpacing = 10 / style.signs;
    for (let z = random.between(5, 5 + signSpacing * 0.6); z < 60; z += signSpacing * random.between(0.5, 1.5)) {
      const x = side * (edge + random.between(0, 0.5));
      if (inCrossing(street, z, 0.5) || !clear(path, x, z, 4)) continue;
      addSign(draft, standing(x, z), random.between(0.38, 0.62));
    }
  }
  if (random.chance(style.signs * 0.6)) {
    const z = random.between(11, 30);
    if (!inCrossing(street, z, 1)) {
      const middle = half * random.between(0.1, 0.6);
      const size = random.between(1.2, 2);
      addDirectionBoard(draft, standing(0, z), {
        right: [middle - size, middle + size],
        height: random.between(4.4, 5.2),
        post: half + 0.7,
      });
    }
  }
  let lit: 0 | 1 | 2 = random.chance(0.5) ? 0 : 2;
  for (const [from, to] of crossings) {
    if (from > 60 || !random.chance(style.lights * 1.5)) continue;
    const corners: [number, number, number][] = [
      [half + 0.7, from - 1.5, random.chance(0.6) ? -random.between(2, Math.min(5, half + 1)) : 0],
      [-half - 0.7, from - 1.5, 0],
    ];
    if (to < end)
      corners.push(
        [half + 0.7, to + 1.5, random.chance(0.5) ? -random.between(2, Math.min(5, half + 1)) : 0],
        [-half - 0.7, to + 1.5, 0],
      );
    for (const [x, z, arm] of corners) {
      if (clear(path, x, z, 4)) addTrafficLight(draft, standing(x, z), { arm, lit });
    }
    lit = random.chance(0.3) ? 1 : lit;
  }
}

/** Adds lights for people who cross in the middle of a stretch. */
function addCrossingLights(draft: Draft, street: Street, path: CameraPath): void {
  const { random, style } = draft;
  const { half } = street;
  const z = random.between(7, 24);
  if (!random.chance(0.15 + 0.4 * style.lights) || inCrossing(street, z, 8)) return;
  const lit = random.pick([0, 1, 2] as const);
  const arm = random.chance(0.4) ? -random.between(2, Math.min(4.5, half + 0.5)) : 0;
  for (const side of [-1, 1] as const) {
    const x = side * (half + 0.6);
    if (clear(path, x, z, 4)) addTrafficLight(draft, standing(x, z), { arm: side === 1 ? arm : 0, lit });
  }
}

/** A typical step of the camera between two frames; the true one follows from the optical flow. */
const typicalStep = 0.5;

function addTraffic(draft: Draft, street: Street, path: CameraPath): void {
  const { random, style } = draft;
  const { half, crossings, end } = street;
  const color = () =>
    vary(random, random.pick<Color>([...style.cars, ...style.cars, ...style.walls, [150, 150, 152]]), 0.12);
  const parking = half > 3.2;
  for (const side of [-1, 1] as const) {
    if (!parking) break;
    const x = side * (half - 1.05);
    for (let z = random.between(-2, 14); z < 75; z += random.between(5.6, 7.5)) {
      if (
        inCrossing(street, z, 6) ||
        !random.chance(style.parked) ||
        (side === 1 && Math.abs(x - path.x) < 2.1) ||
        !clear(path, x, z, 3.6)
      )
        continue;
      addCar(draft, standing(x, z, (side === 1 ? 0 : Math.PI) + random.normal() * 0.02), color());
    }
  }
  const limit = Math.min(80, end - 3);
  const lane = Math.max(1.2, Math.min(path.x, half - 1.2));
  const ahead = random.between(7, 38);
  if (random.chance(0.55) && ahead < limit) {
    const speed = random.chance(0.35) ? 0 : typicalStep * random.between(0.7, 1.15);
    addCar(draft, standing(lane + random.normal() * 0.15, ahead, 0, speed === 0 ? null : { x: 0, z: speed }), color());
    if (random.chance(0.5) && ahead + 9 < limit) {
      addCar(draft, standing(lane, ahead + random.between(7, 16), 0, speed === 0 ? null : { x: 0, z: speed }), color());
    }
  }
  for (let z = random.between(8, 40); z < limit; z += random.between(14, 45)) {
    if (!random.chance(0.55)) continue;
    const x = -Math.max(1.3, half * 0.4);
    if (half < 2.6) break;
    addCar(draft, standing(x, z, Math.PI, { x: 0, z: -typicalStep * random.between(0.4, 0.9) }), color());
  }
  for (const [from, to] of crossings) {
    if (from < 6 || from > 55) continue;
    for (const direction of [-1, 1] as const) {
      if (!random.chance(0.45)) continue;
      const z = direction === 1 ? from + 1.8 : to - 1.8;
      const x = random.between(-14, 14);
      const inside = Math.abs(x) < half + 2;
      const speed = inside || random.chance(0.5) ? direction * typicalStep * random.between(0.3, 0.8) : 0;
      addCar(draft, standing(x, z, (direction * Math.PI) / 2, speed === 0 ? null : { x: speed, z: 0 }), color());
    }
  }
}

function addPeople(draft: Draft, street: Street, path: CameraPath): void {
  const { random, style } = draft;
  const { half, pavement, crossings } = street;
  const walk = () => random.between(0.05, 0.1) * (random.chance(0.5) ? 1 : -1);
  for (const side of [-1, 1] as const) {
    const width = Math.max(1.2, pavement[side === -1 ? 0 : 1]);
    const spacing = 8 / style.people;
    for (let z = random.between(4, 4 + spacing); z < 55; z += spacing * random.between(0.3, 1.7)) {
      const x = side * (half + width * random.between(0.25, 0.8));
      if (inCrossing(street, z, 0.5) || !clear(path, x, z, 3.5)) continue;
      const speed = walk();
      const motion = random.chance(0.55) ? { x: 0, z: speed } : null;
      addPerson(draft, standing(x, z, speed > 0 ? 0 : Math.PI, motion));
      if (random.chance(0.35))
        addPerson(draft, standing(x + side * 0.6, z + random.between(-0.3, 0.3), speed > 0 ? 0 : Math.PI, motion));
    }
  }
  for (const [from] of crossings) {
    if (from < 9 || from > 45 || !random.chance(style.people * 0.7)) continue;
    const speed = walk();
    const x = random.between(-half, half);
    addPerson(
      draft,
      standing(x, from - random.between(1.4, 3.4), speed > 0 ? Math.PI / 2 : -Math.PI / 2, { x: speed, z: 0 }),
    );
  }
}

/** Closes the view: rows of trees and houses far away. */
function addHorizon(draft: Draft): void {
  const { random, style } = draft;
  for (let x = -180; x < 180;) {
    const wide = random.between(14, 34);
    const z = horizon + random.between(0, 40);
    if (random.chance(style.built)) {
      addBuilding(draft, standing(0, 0), {
        right: [x, x + wide],
        forward: [z, z + 10],
        height: random.between(...style.buildingHeight) * 0.9,
      });
    } else {
      addHedge(draft, standing(0, 0), { right: [x, x + wide], forward: [z, z + 6], height: random.between(5, 11) });
    }
    x += wide;
  }
}
