import { expect, test } from '@jest/globals';
import { cityNames, renderScene, renderSnippet, sceneClasses, skyDepth, type Frame } from './index.ts';
import { project, quantile } from './project.test.helper.ts';

const size = { width: 128, height: 64 };

test('the same seed gives the same bytes, another seed another place', () => {
  const [first, again, other] = [7, 7, 8].map((seed) => renderSnippet(seed, { ...size, city: 'avenue', frames: 3 }));
  expect(again).toEqual(first);
  expect(other[1].image.data).not.toEqual(first[1].image.data);
  expect(other[1].label.data).not.toEqual(first[1].label.data);
});

test('a scene is the middle of its snippet, and what comes before does not matter', () => {
  const [scene, short, long] = [
    renderScene(3, size),
    renderSnippet(3, { ...size, frames: 3 }),
    renderSnippet(3, { ...size, frames: 5 }),
  ];
  expect(short[1]).toEqual(scene);
  expect(long.slice(1, 4)).toEqual(short);
  expect(long.map(({ time }) => time)).toEqual([-2, -1, 0, 1, 2]);
});

test('a larger picture shows the same place', () => {
  const small = renderScene(5, { city: 'coast', width: 128, height: 64 });
  const large = renderScene(5, { city: 'coast', width: 384, height: 192 });
  expect(large.pose).toEqual(small.pose);
  expect(large.intrinsics.fx).toBeCloseTo(3 * small.intrinsics.fx);
  let same = 0;
  for (let v = 0; v < 64; v++) {
    for (let u = 0; u < 128; u++) {
      // The middle one of three pixels has the same centre.
      same += large.label.data[(3 * v + 1) * 384 + 3 * u + 1] === small.label.data[v * 128 + u] ? 1 : 0;
    }
  }
  expect(same / (64 * 128)).toBeGreaterThan(0.99);
});

test('labels are known classes, and depth is finite exactly where there is no sky', () => {
  const known = new Set<number>(sceneClasses.map(({ trainId }) => trainId));
  for (const city of cityNames) {
    const { label, depth, image } = renderScene(11, { ...size, city });
    expect(image.data).toHaveLength(size.width * size.height * 3);
    for (let pixel = 0; pixel < depth.length; pixel++) {
      if (!known.has(label.data[pixel])) throw new Error(`${city}: unknown label ${label.data[pixel]}`);
      if ((label.data[pixel] === 10) !== (depth[pixel] === skyDepth))
        throw new Error(`${city}: sky at ${depth[pixel]} m`);
      if (!(depth[pixel] > 0.5)) throw new Error(`${city}: depth ${depth[pixel]}`);
    }
  }
});

/**
 * Mean absolute difference, per static pixel that both frames see, of `from` and of `to` moved onto
 * it (or not moved); number of static pixels.
 */
function differences(from: Frame, to: Frame): { warped: number[]; unwarped: number[]; still: number } {
  const { width, height, data } = from.image;
  const warped: number[] = [];
  const unwarped: number[] = [];
  let still = 0;
  for (let pixel = 0; pixel < width * height; pixel++) {
    if (from.depth[pixel] === skyDepth || from.moving[pixel]) continue;
    still++;
    const { u, v, depth } = project(from, to, pixel);
    const [left, top] = [Math.floor(u), Math.floor(v)];
    if (!(depth > 0 && left >= 0 && top >= 0 && left < width - 1 && top < height - 1)) continue;
    const seen = Math.round(v) * width + Math.round(u);
    if (to.moving[seen] || Math.abs(to.depth[seen] / depth - 1) > 0.03) continue;
    const [partU, partV] = [u - left, v - top];
    let [error, motionless] = [0, 0];
    for (let channel = 0; channel < 3; channel++) {
      const at = (x: number, y: number) => to.image.data[(y * width + x) * 3 + channel];
      const upper = at(left, top) * (1 - partU) + at(left + 1, top) * partU;
      const lower = at(left, top + 1) * (1 - partU) + at(left + 1, top + 1) * partU;
      error += Math.abs(upper * (1 - partV) + lower * partV - data[pixel * 3 + channel]) / 3;
      motionless += Math.abs(to.image.data[pixel * 3 + channel] - data[pixel * 3 + channel]) / 3;
    }
    warped.push(error);
    unwarped.push(motionless);
  }
  return { warped, unwarped, still };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test.each(cityNames)(
  '%s: the next and the previous frame, warped with true depth and pose, reproduce the frame',
  (city) => {
    for (const seed of [21, 22]) {
      const [previous, frame, next] = renderSnippet(seed, { city, frames: 3 });
      for (const neighbour of [previous, next]) {
        const { warped, unwarped, still } = differences(frame, neighbour);
        expect(still).toBeGreaterThan(0.3 * frame.depth.length);
        expect(warped.length).toBeGreaterThan(0.75 * still);
        expect(quantile(warped, 0.5)).toBeLessThan(2);
        expect(mean(warped)).toBeLessThan(0.6 * mean(unwarped));
      }
    }
  },
);

test('wrong depth does not reproduce the frame', () => {
  const [, frame, next] = renderSnippet(21, { city: 'avenue', frames: 3 });
  const right = mean(differences(frame, next).warped);
  for (const factor of [0.5, 2]) {
    const wrong = { ...frame, depth: frame.depth.map((depth) => (depth === skyDepth ? depth : depth * factor)) };
    const { warped } = differences(wrong, { ...next, depth: next.depth.map((depth) => depth * factor) });
    expect(mean(warped)).toBeGreaterThan(1.3 * right);
  }
});

test('what cannot be rendered is refused in words', () => {
  expect(() => renderSnippet(1, { frames: 4 })).toThrow(/frames is 4.*odd/);
  expect(() => renderScene(1, { width: 0 })).toThrow(/0 x 128/);
});
