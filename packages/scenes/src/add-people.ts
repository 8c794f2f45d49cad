import { addPerson } from './add-person.ts';
import { standing, type Draft } from './draft.ts';
import type { CameraPath } from './scene.ts';
import { isClear, inCrossing, type Street } from './street.ts';

/** Adds people on the pavements and the crossings. */
export function addPeople(draft: Draft, street: Street, path: CameraPath): void {
  const { random, style } = draft;
  const { half, pavement, crossings } = street;
  const walk = () => random.between(0.05, 0.1) * (random.chance(0.5) ? 1 : -1);
  for (const side of [-1, 1] as const) {
    const width = Math.max(1.2, pavement[side === -1 ? 0 : 1]);
    const spacing = 8 / style.people;
    for (let z = random.between(4, 4 + spacing); z < 55; z += spacing * random.between(0.3, 1.7)) {
      const x = side * (half + width * random.between(0.25, 0.8));
      if (inCrossing(street, z, 0.5) || !isClear(path, x, z, 3.5)) continue;
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
