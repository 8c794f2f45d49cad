import { expect, test } from '@jest/globals';
import { lossCurves } from './loss-curves.ts';

const values = Array.from({ length: 100 }, (_, step) => 2 - step / 100);
const svg = lossCurves([
  { title: 'first', curves: [{ name: 'a', color: '#111', values }] },
  {
    title: 'second',
    curves: [
      { name: 'b', color: '#222', values },
      { name: 'c', color: '#333', values: values.map((value) => value / 2) },
      { color: '#444444', values },
    ],
  },
]);

/** The points of the curve of a colour. */
const points = (color: string) =>
  new RegExp(`<path d="M([^"]+)" fill="none" stroke="${color}"`)
    .exec(svg)![1]
    .split('L')
    .map((at) => at.split(' ').map(Number));

test('a curve has a point for each ten steps, from left to right, lower where the loss is lower', () => {
  const curve = points('#111');
  expect(curve).toHaveLength(10);
  curve.slice(1).forEach(([x, y], i) => {
    expect(x).toBeGreaterThan(curve[i][0]);
    expect(y).toBeGreaterThan(curve[i][1]);
  });
});

test('curves of a diagram share its scale', () => {
  points('#333').forEach(([x, y], i) => {
    const [otherX, otherY] = points('#222')[i];
    expect(x).toBe(otherX);
    expect(y).toBeGreaterThan(otherY);
  });
});

test('a curve without a name is drawn, and stays out of the legend', () => {
  expect(points('#444444')).toEqual(points('#222'));
  expect(svg.match(/<text [^>]*fill="#444444"/g)).toBeNull();
});

test('titles and names are there', () => {
  for (const text of ['first', 'second', 'a', 'b', 'c']) expect(svg).toContain(`>${text}</text>`);
});
