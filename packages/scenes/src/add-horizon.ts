import { addBuilding } from './add-building.ts';
import { addHedge } from './add-tree.ts';
import { standing, type Draft } from './draft.ts';
import { horizon } from './street.ts';

/** Closes the view: rows of trees and houses far away. */
export function addHorizon(draft: Draft): void {
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
