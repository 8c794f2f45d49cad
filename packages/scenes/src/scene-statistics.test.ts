import { beforeAll, expect, test } from '@jest/globals';
import { cityNames, renderSnippet, sceneClasses, skyDepth, type Frame } from './index.ts';
import { project, quantile } from './project.test.helper.ts';

const size = { width: 128, height: 64 };
const places: { city: string; frame: Frame; next: Frame }[] = [];

beforeAll(() => {
  for (const city of cityNames) {
    for (let seed = 0; seed < 8; seed++) {
      const [, frame, next] = renderSnippet(500 + seed, { ...size, city, frames: 3 });
      places.push({ city, frame, next });
    }
  }
});

function shares(frames: readonly Frame[]): Map<string, number> {
  const counts = new Float64Array(256);
  for (const { label } of frames) for (const trainId of label.data) counts[trainId]++;
  const pixels = frames.length * size.width * size.height;
  return new Map(sceneClasses.map(({ name, trainId }) => [name, counts[trainId] / pixels]));
}

test('no class covers less than half a percent of the pixels, none more than 40 %', () => {
  for (const [name, share] of shares(places.map(({ frame }) => frame))) {
    expect({ name, rare: share < 0.005, frequent: share > 0.4 }).toEqual({ name, rare: false, frequent: false });
  }
});

test('cities differ in what they show', () => {
  const of = (city: string) => shares(places.filter((place) => place.city === city).map(({ frame }) => frame));
  const largest = (name: string) => Math.max(...cityNames.map((city) => of(city).get(name)!));
  const smallest = (name: string) => Math.min(...cityNames.map((city) => of(city).get(name)!));
  for (const name of ['building', 'vegetation', 'terrain', 'sky'])
    expect(largest(name)).toBeGreaterThan(3 * smallest(name));
});

test('neighbouring frames are about 3 pixels apart at 256 x 128, and hardly any pixel moves more than 10', () => {
  const medians: number[] = [];
  const all: number[] = [];
  for (const { frame, next } of places) {
    const flow: number[] = [];
    for (let pixel = 0; pixel < frame.depth.length; pixel++) {
      if (frame.depth[pixel] === skyDepth) continue;
      const { u, v, depth } = project(frame, next, pixel);
      if (depth > 0) flow.push(2 * Math.hypot(u - (pixel % size.width), v - Math.floor(pixel / size.width)));
    }
    medians.push(quantile(flow, 0.5));
    for (let i = 0; i < flow.length; i += 16) all.push(flow[i]);
  }
  expect(quantile(medians, 0.5)).toBeGreaterThan(2);
  expect(quantile(medians, 0.5)).toBeLessThan(3.5);
  expect(quantile(all, 0.95)).toBeLessThan(10);
});

test('the mean disparity of all places says little about the depth of one', () => {
  const pixels = size.width * size.height;
  const meanDisparity = new Float64Array(pixels);
  for (const { frame } of places) {
    for (let i = 0; i < pixels; i++)
      meanDisparity[i] += frame.depth[i] === skyDepth ? 0 : 1 / frame.depth[i] / places.length;
  }
  const errors = places.map(({ frame: { depth } }) => {
    const known = Array.from(depth.keys()).filter((i) => depth[i] < 80);
    const guess = known.map((i) => 1 / Math.max(meanDisparity[i], 1e-3));
    const scale =
      quantile(
        known.map((i) => depth[i]),
        0.5,
      ) / quantile(guess, 0.5);
    return (
      guess.reduce((sum, value, k) => sum + Math.abs(value * scale - depth[known[k]]) / depth[known[k]], 0) /
      known.length
    );
  });
  expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeGreaterThan(0.25);
});
