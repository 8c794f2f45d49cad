import { addBuilding } from './add-building.ts';
import { addBush, addHedge, addTree } from './add-tree.ts';
import { standing, type Draft } from './draft.ts';
import type { BuildingShadow, CameraPath } from './scene.ts';
import { behind, blocksOf, isClear, horizon, inCrossing, type Street } from './street.ts';

/**
 * Fills the blocks with houses, gardens, parks and fields; returns the edge of the houses' shadow.
 */
export function addBlocks(draft: Draft, street: Street, path: CameraPath): BuildingShadow {
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
      if (!isClear(path, px, pz, 5)) continue;
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
        !isClear(path, side * x, z, 4) ||
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
    if (!isClear(path, x, z, 4)) continue;
    if (room > 4 && random.chance(0.35 * style.trees + 0.1)) addTree(draft, standing(x, z), random.between(3.5, 7));
    else if (random.chance(0.3 + 0.5 * style.hedges)) addBush(draft, standing(x, z), random.between(0.5, 1.1));
  }
}
