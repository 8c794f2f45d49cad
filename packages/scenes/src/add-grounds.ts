import { addGround, vary, type Draft, type Look } from './draft.ts';
import { labels } from './labels.ts';
import type { Random } from './random.ts';
import type { Color, Marking, Paint } from './scene.ts';
import { behind, blocksOf, horizon, sideways, type Street } from './street.ts';

const kerb = 0.13;

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

/** Adds road, pavements, grass and the land beyond. */
export function addGrounds(draft: Draft, street: Street): void {
  const { random, style } = draft;
  const { half, pavement, crossings, end } = street;
  const grain = random.between(0.13, 0.2);
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
      grain: random.between(0.12, 0.18),
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
      grain: random.between(0.15, 0.22),
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
