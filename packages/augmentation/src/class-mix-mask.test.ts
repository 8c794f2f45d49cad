import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { memory, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { chooseClasses } from './choose-classes.ts';
import { classMixMask } from './class-mix-mask.ts';
import { drawClassScores } from './draw-class-scores.ts';
import { seeded } from './random.test.kit.ts';

const CLASSES = 6;
const labelMaps = fc.array(fc.constantFrom(0, 1, 2, 3, 4, 5, 255), { minLength: 8, maxLength: 8 });

test('pixels of the chosen classes stay, others and ignored ones go', () => {
  const labels = tensor3d([0, 1, 2, 255, 2, 1, -1, 0], [2, 2, 2], 'int32');
  const mask = classMixMask(labels, tensor2d([1, 0, 1, 0, 1, 0], [2, 3]));
  expect(mask.shape).toEqual([2, 2, 2, 1]);
  expect(Array.from(mask.dataSync())).toEqual([1, 0, 1, 0, 0, 1, 0, 0]);
});

test('half of the classes that are there are chosen, rounded down, those with the highest scores', () => {
  fc.assert(
    fc.property(labelMaps, labelMaps, fc.nat({ max: 1000 }), (first, second, seed) => {
      const scores = drawClassScores(seeded(seed), { batch: 2, classes: CLASSES });
      const labels = tensor3d([...first, ...second], [2, 2, 4], 'int32');
      const chosen = chooseClasses(labels, tensor2d(scores, [2, CLASSES])).arraySync();
      [first, second].forEach((map, image) => {
        const present = [...new Set(map)].filter((label) => label < CLASSES);
        const ranked = present.sort((a, b) => scores[image * CLASSES + b] - scores[image * CLASSES + a]);
        const expected = ranked.slice(0, Math.floor(present.length / 2)).sort();
        expect(chosen[image].flatMap((value, label) => (value === 1 ? [label] : []))).toEqual(expected);
      });
    }),
    { numRuns: 50, seed: 1 },
  );
});

test('ignored pixels are no class: they are neither counted nor chosen nor kept', () => {
  // Class 3 of the classes 2 and 3. Were 255 taken for class 0, that one would have the highest
  // score.
  const labels = tensor3d([255, 2, 3, 255, 255, 255, 255, 255], [2, 2, 2], 'int32');
  const scores = tensor2d([0.9, 0.1, 0.2, 0.8, 0.9, 0.1, 0.2, 0.8], [2, 4]);
  const chosen = chooseClasses(labels, scores);
  expect(chosen.arraySync()).toEqual([
    [0, 0, 0, 1],
    [0, 0, 0, 0],
  ]);
  expect(Array.from(classMixMask(labels, chosen).dataSync())).toEqual([0, 0, 1, 0, 0, 0, 0, 0]);
});

test('every class is as likely as another', () => {
  const labels = tensor3d([0, 1, 2, 3], [1, 2, 2], 'int32');
  const uniform = seeded(3);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 200; i++) {
    const scores = drawClassScores(uniform, { batch: 1, classes: 4 });
    chooseClasses(labels, tensor2d(scores, [1, 4]))
      .dataSync()
      .forEach((value, label) => (counts[label] += value));
  }
  for (const count of counts) expect(Math.abs(count - 100)).toBeLessThan(30);
});

test('leaves no tensors behind', () => {
  const labels = tensor3d([0, 1, 2, 3], [1, 2, 2], 'int32');
  const scores = tensor2d([0.1, 0.9, 0.3, 0.2], [1, 4]);
  const before = memory().numTensors;
  const chosen = chooseClasses(labels, scores);
  classMixMask(labels, chosen).dispose();
  chosen.dispose();
  expect(memory().numTensors).toBe(before);
});
