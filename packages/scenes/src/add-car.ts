import { addBox, addPanel, addPolygon, darken, type Draft, type Look, type Place } from './draft.ts';
import { labels } from './labels.ts';
import type { Color, Point } from './scene.ts';

const wheelOutline: Point[] = Array.from({ length: 8 }, (_, i) => {
  const angle = ((i + 0.5) * Math.PI) / 4;
  return [0, Math.sin(angle), Math.cos(angle)];
});

/** Adds a car (saloon, estate or van) whose middle stands at its place. */
export function addCar(draft: Draft, place: Place, color: Color): void {
  const { random } = draft;
  const shape = random.weighted([4, 3, 2]);
  const width = random.between(1.7, 1.9) + (shape === 2 ? 0.15 : 0);
  const length = [random.between(4.2, 4.7), random.between(3.7, 4.5), random.between(4.6, 5.4)][shape];
  const waist = [0.88, 0.95, 1.15][shape];
  const roof = [1.42, 1.52, 2.1][shape] + random.between(-0.05, 0.05);
  const half = width / 2;
  const back = -length / 2;
  const front = length / 2;

  const body: Look = { paint: { material: 'plain', color, grain: 0.05, feature: 0.12 }, label: labels.car };
  const glass: Look = {
    paint: { material: 'plain', color: [46, 52, 60], grain: 0.22, feature: 0.2 },
    label: labels.car,
    layer: 1,
  };
  const dark: Look = {
    paint: { material: 'plain', color: [26, 26, 28], grain: 0.1, feature: 0.1 },
    label: labels.car,
    layer: 1,
  };

  addBox(
    draft,
    place,
    {
      right: [-half, half],
      height: [0.28, waist],
      forward: [back, front],
      taper: { side: 0.06, back: 0.06, front: 0.14 },
    },
    body,
  );
  const cabinBack = back + [0.75, 0.12, 0.06][shape];
  const cabinFront = front - [1.15, 1.05, 0.75][shape];
  const lean = [0.5, 0.3, 0.08][shape];
  const taper = { side: shape === 2 ? 0.08 : 0.16, back: lean, front: [0.75, 0.7, 0.5][shape] };
  const cabin = half - 0.07;
  addBox(
    draft,
    place,
    { right: [-cabin, cabin], height: [waist, roof], forward: [cabinBack, cabinFront], taper },
    body,
  );
  // Windows: the cabin's faces again, a little smaller.
  const rise = roof - waist;
  const at = (part: number, sideOffset: number, f: 'back' | 'front') =>
    f === 'back' ? cabinBack + part * taper.back + sideOffset : cabinFront - part * taper.front - sideOffset;
  const low = 0.12;
  const high = shape === 2 ? 0.72 : 0.86;
  for (const side of [-1, 1] as const) {
    const x = (part: number) => side * (cabin - part * taper.side + 0.005);
    const pillar = 0.14;
    const middle = (cabinBack + cabinFront) / 2 - 0.1;
    const slope = Math.hypot(taper.side, rise);
    const windows: [number, number, number, number][] = [
      [at(low, pillar, 'back'), middle - 0.05, middle - 0.05, at(high, pillar, 'back')],
      [middle + 0.05, at(low, pillar, 'front'), at(high, pillar, 'front'), middle + 0.05],
    ];
    for (const [z0, z1, z2, z3] of windows) {
      const corners: Point[] = [
        [x(low), waist + low * rise, z0],
        [x(low), waist + low * rise, z1],
        [x(high), waist + high * rise, z2],
        [x(high), waist + high * rise, z3],
      ];
      addPolygon(
        draft,
        place,
        {
          corners,
          origin: corners[0],
          along: [0, 0, 1],
          up: [(-side * taper.side) / slope, rise / slope, 0],
          normal: [(side * rise) / slope, taper.side / slope, 0],
        },
        glass,
      );
    }
    for (const z of [back + length * 0.19, front - length * 0.19]) {
      const radius = 0.33;
      const wheel = (scale: number, offset: number, look: Look) =>
        addPolygon(
          draft,
          place,
          {
            corners: wheelOutline.map(([, h, f]): Point => [
              side * (half + offset),
              radius + h * radius * scale,
              z + f * radius * scale,
            ]),
            origin: [side * (half + offset), radius, z],
            along: [0, 0, 1],
            up: [0, 1, 0],
            normal: [side, 0, 0],
          },
          look,
        );
      wheel(1, 0.01, dark);
      wheel(0.55, 0.015, {
        ...body,
        paint: { material: 'plain', color: [128, 128, 130], grain: 0.2, feature: 0.1 },
        layer: 2,
      });
    }
  }
  for (const end of ['back', 'front'] as const) {
    const backwards = end === 'back';
    const lean = backwards ? taper.back : taper.front;
    const slope = Math.hypot(lean, rise);
    const corner = (side: number, part: number): Point => [
      side * (cabin - part * taper.side - 0.1),
      waist + part * rise,
      backwards ? at(part, -0.005, 'back') : at(part, -0.005, 'front'),
    ];
    const corners = [corner(-1, low), corner(1, low), corner(1, high), corner(-1, high)];
    const direction = backwards ? 1 : -1;
    addPolygon(
      draft,
      place,
      {
        corners,
        origin: corners[0],
        along: [1, 0, 0],
        up: [0, rise / slope, (direction * lean) / slope],
        normal: [0, lean / slope, (-direction * rise) / slope],
      },
      glass,
    );
    // Lamps, number plate, bumper.
    const z = backwards ? back - 0.005 : front + 0.005;
    const lamp: Color = backwards ? [168, 30, 26] : [226, 224, 210];
    const lampLook: Look = {
      paint: { material: 'plain', color: lamp, grain: 0.1, feature: 0.1 },
      label: labels.car,
      layer: 2,
    };
    const facing = { ...place, heading: backwards ? place.heading : place.heading + Math.PI };
    const forward = backwards ? z : -z;
    for (const side of [-1, 1]) {
      const outer = side * (half - 0.06);
      const inner = side * (half - 0.42);
      const band = [waist - 0.3, waist - 0.12] as const;
      addPanel(
        draft,
        facing,
        { right: [Math.min(outer, inner), Math.max(outer, inner)], height: band, forward },
        lampLook,
      );
    }
    addPanel(
      draft,
      facing,
      { right: [-0.26, 0.26], height: [0.5, 0.62], forward },
      { paint: { material: 'plain', color: [214, 212, 200], grain: 0.1, feature: 0.06 }, label: labels.car, layer: 2 },
    );
    addPanel(
      draft,
      facing,
      { right: [-half, half], height: [0.28, 0.44], forward },
      {
        paint: { material: 'plain', color: darken(color, 0.45), grain: 0.1, feature: 0.1 },
        label: labels.car,
        layer: 1,
      },
    );
  }
  const across = Math.abs(Math.sin(place.heading)) > 0.7;
  draft.shadows.push({
    x: place.x,
    z: place.z,
    radiusX: across ? length * 0.62 : half * 1.45,
    radiusZ: across ? half * 1.45 : length * 0.62,
    strength: 0.6,
    motion: place.motion,
  });
}
