import { addBlocks } from './add-blocks.ts';
import { addFurniture, addCrossingLights } from './add-furniture.ts';
import { addGrounds } from './add-grounds.ts';
import { addHorizon } from './add-horizon.ts';
import { addPeople } from './add-people.ts';
import { addTraffic } from './add-traffic.ts';
import { cityNames, cityStyles, type CityName, type CityStyle } from './city-styles.ts';
import type { Draft } from './draft.ts';
import { drawLight } from './draw-light.ts';
import { drawPath } from './draw-path.ts';
import { hash } from './hash.ts';
import { createRandom } from './random.ts';
import type { Scene } from './scene.ts';
import { drawStreet } from './street.ts';

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
    focal: 1.15,
    seed: hash(seed, 77),
  };
}
