import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import type { Values } from '../layout.ts';
import { caseOf, noise, numbers } from './case.test.kit.ts';
import { monodepth } from './monodepth.ts';

const [height, width] = [8, 16];
const camera = (of: (focal: number) => number, centre: (focal: number) => number): Values => ({
  data: [of(8), 0, centre(8), 0, 0, of(8), centre(8), 0, 0, 0, 1, 0, 0, 0, 0, 1],
  shape: [1, 4, 4],
});
const image = (name: string, scale = 0) =>
  noise(name, [1, 3, height / 2 ** scale, width / 2 ** scale], { low: 0, high: 1 });
const inputs: Record<string, Values> = {
  ...{ 'color.0.0': image('target'), 'color.0.1': image('half', 1), 'color.0.2': image('quarter', 2) },
  ...{ 'color.-1.0': image('before'), 'color.1.0': image('after') },
  K: camera(
    (f) => f,
    () => 4,
  ),
  inv_K: camera(
    (f) => 1 / f,
    (f) => -4 / f,
  ),
  ...Object.fromEntries(
    [0, 1, 2].map((scale) => [
      `disp.${scale}`,
      noise(`disp ${scale}`, [1, 1, height / 2 ** scale, width / 2 ** scale], { low: 0.1, high: 0.3 }),
    ]),
  ),
  ...Object.fromEntries(
    [-1, 1].flatMap((frame) => [
      [`axisangle.${frame}`, noise(`angle ${frame}`, [1, 1, 3], { low: -0.01, high: 0.01 })],
      [`translation.${frame}`, noise(`shift ${frame}`, [1, 1, 3], { low: -0.01, high: 0.01 })],
    ]),
  ),
};
const plain = { scales: 1, min_depth: 0.1, max_depth: 100, smoothness: 1e-3 };

async function run(options: Partial<typeof plain>) {
  const outputs = await monodepth(caseOf({ kind: 'monodepth', options: { ...plain, ...options }, inputs }));
  return (name: string) => numbers(outputs[name]);
}

test.each([
  [0.1, 100],
  [1, 20],
])('depths from %d to %d', async (min_depth, max_depth) => {
  const output = await run({ min_depth, max_depth });
  const expected = Array.from(inputs['disp.0'].data, (d) => 1 / (1 / max_depth + (1 / min_depth - 1 / max_depth) * d));
  output('depth.0').forEach((depth, i) => expect(depth).toBeCloseTo(expected[i], 4));
});

test('the loss is the mean over as many scales as asked for', async () => {
  const [one, three] = [await run({ scales: 1 }), await run({ scales: 3 })];
  for (const variant of ['auto', 'noauto', 'avg', 'avg_noauto', 'nossim']) {
    const perScale = three(`${variant}.loss_per_scale`);
    expect(perScale).toHaveLength(3);
    expect(one(`${variant}.loss_per_scale`)[0]).toBeCloseTo(perScale[0], 6);
    expect(three(`${variant}.loss`)[0]).toBeCloseTo((perScale[0] + perScale[1] + perScale[2]) / 3, 6);
  }
});

test('smoothness is weighted, and halved at each coarser scale', async () => {
  const [none, single, double] = [
    await run({ scales: 2, smoothness: 0 }),
    await run({ scales: 2, smoothness: 1 }),
    await run({ scales: 2, smoothness: 2 }),
  ];
  const added = (output: typeof none) =>
    output('auto.loss_per_scale').map((loss, scale) => loss - none('auto.loss_per_scale')[scale]);
  const expected = [0, 1].map((scale) => {
    const [rows, columns] = [height / 2 ** scale, width / 2 ** scale];
    const { data } = inputs[`disp.${scale}`];
    const colours = inputs[`color.0.${scale}`].data;
    const average = Array.from(data).reduce((sum, d) => sum + d, 0) / data.length + 1e-7;
    const along = (dy: number, dx: number) => {
      const terms: number[] = [];
      for (let y = 0; y + dy < rows; y++) {
        for (let x = 0; x + dx < columns; x++) {
          const [a, b] = [y * columns + x, (y + dy) * columns + x + dx];
          const edges = [0, 1, 2].map((c) =>
            Math.abs(colours[c * rows * columns + a] - colours[c * rows * columns + b]),
          );
          terms.push((Math.abs(data[a] - data[b]) / average) * Math.exp(-(edges[0] + edges[1] + edges[2]) / 3));
        }
      }
      return terms.reduce((sum, term) => sum + term, 0) / terms.length;
    };
    return (along(0, 1) + along(1, 0)) / 2 ** scale;
  });
  added(single).forEach((value, scale) => expect(value).toBeCloseTo(expected[scale], 5));
  added(double).forEach((value, scale) => expect(value).toBeCloseTo(2 * expected[scale], 5));
});
