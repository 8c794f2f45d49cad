import { describe, expect, jest, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { adapters } from '../adapters.ts';
import type { Values } from '../layout.ts';
import { weightValues } from '../weight-values.ts';
import { caseOf, noise, numbers } from './case.test.kit.ts';

const close = (actual: number[], expected: number[], digits = 5) => {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i], digits));
};
const values = (data: number[], shape: number[]): Values => ({ data, shape });
const run = async (parts: Parameters<typeof caseOf>[0]) => adapters[parts.kind](caseOf(parts));

test.each(Object.keys(adapters))('%s: an option that is not known is told by its name', async (kind) => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  // What else it lacks is not of interest here.
  await (async () => run({ kind, options: { no_such_option: 1 } }))().catch(() => undefined);
  expect(warn.mock.calls.flat()).toContainEqual(expect.stringMatching(/^Case own: option no_such_option is not known/));
  warn.mockRestore();
});

describe('farthest_point', () => {
  /** The original's search on the matrix of distances, element by element. */
  function search(matrix: number[][], start: number[], wanted: number) {
    const chosen = [...start];
    const distances: number[] = [];
    while (distances.length < wanted) {
      const nearest = matrix.map((_, b) => Math.min(...chosen.map((a) => matrix[a][b])));
      const farthest = nearest.indexOf(Math.max(...nearest));
      if (chosen.includes(farthest)) break;
      chosen.push(farthest);
      distances.push(nearest[farthest]);
    }
    return { ids: chosen.slice(start.length), distances };
  }

  const cases = fc.record({ count: fc.integer({ min: 2, max: 7 }), seed: fc.nat() }).chain(({ count }) =>
    fc.record({
      // Few places, so that points coincide.
      points: fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 1 })), {
        minLength: count,
        maxLength: count,
      }),
      bias: fc.array(fc.constantFrom(0, 0.25, 3), { minLength: count, maxLength: count }),
      start: fc.uniqueArray(fc.nat({ max: count - 1 }), { minLength: 1, maxLength: 2 }),
      preselected: fc.uniqueArray(fc.nat({ max: count - 1 }), { minLength: 1 }),
      n_new: fc.integer({ min: 0, max: 9 }),
      n_new_pre: fc.integer({ min: 0, max: 9 }),
    }),
  );

  test('any number of points is searched as the original does, where points coincide or run out, too', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ points, bias, start, preselected, n_new, n_new_pre }) => {
        const count = points.length;
        const ids = points.map((_, i) => 100 + 7 * i);
        const outputs = await run({
          kind: 'farthest_point',
          options: { n_new, n_new_pre },
          inputs: {
            image_ids: values(ids, [count]),
            points: values(points.flat(), [count, 2]),
            bias: values(bias, [count]),
            initial_ids: values(
              start.map((i) => ids[i]),
              [start.length],
            ),
            preselected_ids: values(
              preselected.map((i) => ids[i]),
              [preselected.length],
            ),
          },
        });
        const matrix = (biased: boolean, allowed: (b: number) => boolean) =>
          points.map(([x, y], a) =>
            points.map(([u, v], b) => (a === b || !allowed(b) ? 0 : Math.hypot(x - u, y - v) + (biased ? bias[b] : 0))),
          );
        const all = () => true;
        const some = (b: number) => preselected.includes(b);
        const expected = {
          plain: search(matrix(false, all), start, n_new),
          bias: search(matrix(true, all), start, n_new),
          pre: search(matrix(false, some), start, n_new_pre),
          pre_bias: search(matrix(true, some), start, n_new_pre),
          exhausted: search(matrix(false, some), start, count),
        };
        for (const [name, { ids: found, distances }] of Object.entries(expected)) {
          expect(outputs[`${name}.ids`]).toEqual(found.map((i) => ids[i]));
          close(numbers(outputs[`${name}.distances`]), distances);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('pose_decoder', () => {
  test.each([
    [1, 1],
    [2, 2],
    [3, 1],
  ])('%i features, %i frames: each feature is squeezed by the same convolution', async (features, frames) => {
    const [batch, channels] = [2, 3];
    const inputs = Array.from({ length: features }, (_, i) => noise(`feature ${i}`, [batch, channels, 1, 1]));
    const shapes: Record<string, number[]> = {
      'net.0': [256, channels, 1, 1],
      'net.1': [256, 256 * features, 3, 3],
      'net.2': [256, 256, 3, 3],
      'net.3': [6 * frames, 256, 1, 1],
    };
    const params = Object.entries(shapes).flatMap(([key, shape]) => [
      { key: `${key}.weight`, shape },
      { key: `${key}.bias`, shape: [shape[0]] },
    ]);
    const prefix = `p${features}.`;
    const poseShape = [batch, frames, 1, 3];
    const outputs = await run({
      ...{ kind: 'pose_decoder', params, prefix, engine: 'onnx' },
      options: { num_input_features: features, num_frames_to_predict_for: frames },
      inputs: Object.fromEntries(inputs.map((input, i) => [`feature.${i}`, input])),
      outputs: Object.fromEntries(
        ['eval', 'train'].flatMap((mode) => [
          [`${mode}.axisangle`, poseShape],
          [`${mode}.translation`, poseShape],
        ]),
      ),
    });

    // Of a single pixel with zeros around it a 3x3 convolution sees the middle of its filter.
    const layer = (key: string, x: number[]) => {
      const [filters, from, size] = shapes[key];
      const weight = weightValues(`${key}.weight`, shapes[key], { prefix });
      const bias = weightValues(`${key}.bias`, [filters], { prefix });
      const middle = (size * size - 1) / 2;
      return Array.from(bias, (offset, o) =>
        x.reduce((sum, value, i) => sum + value * weight[(o * from + i) * size * size + middle], offset),
      );
    };
    const relu = (x: number[]) => x.map((value) => Math.max(value, 0));
    const poses = Array.from({ length: batch }, (_, n) => {
      const squeezed = inputs.flatMap(({ data }) =>
        relu(
          layer(
            'net.0',
            Array.from({ length: channels }, (_, c) => data[n * channels + c]),
          ),
        ),
      );
      return layer('net.3', relu(layer('net.2', relu(layer('net.1', squeezed))))).map((value) => 0.01 * value);
    });
    const part = (from: number) =>
      poses.flatMap((pose) =>
        Array.from({ length: frames }, (_, f) => pose.slice(6 * f + from, 6 * f + from + 3)).flat(),
      );
    for (const mode of ['eval', 'train']) {
      close(numbers(outputs[`${mode}.axisangle`]), part(0), 6);
      close(numbers(outputs[`${mode}.translation`]), part(3), 6);
    }
  });
});

describe('mixing', () => {
  test('margin, thresholds, their range, and the chosen classes, against masks by hand', async () => {
    const [height, width] = [3, 4];
    const pixels = height * width;
    const disparity = noise('disparity', [2, 1, height, width], { low: 0, high: 1 });
    const labels = Array.from({ length: 2 * pixels }, (_, i) => (i * 7) % 5);
    const draws = [0.3, 0.9];
    const inputs = {
      pseudo_depth: disparity,
      images: noise('images', [2, 3, height, width]),
      images4: noise('images4', [4, 3, height, width]),
      soft_labels: noise('soft', [2, 5, height, width]),
      hard_labels: values(labels, [2, height, width]),
      argmax: values(labels, [2, height, width]),
      draws: values(draws, [2]),
    };
    const d = (n: number, p: number) => disparity.data[n * pixels + p];
    for (const options of [
      {
        C: 5,
        margin: 0.03,
        ft: 0,
        ft_range: [0.1, 0.4],
        classes: [
          [0, 2],
          [1, 4],
        ],
      },
      { C: 5, margin: 0.4, ft: 0.3, ft_range: [0.5, 0.9], classes: [[3], []] },
      { C: 5, margin: -0.1, ft: 0.7, ft_range: [0, 0.2], classes: [[0, 1, 2, 3, 4], [2]] },
    ]) {
      const outputs = await run({ kind: 'mixing', options: { ...options, draws }, inputs });
      const mask = (rule: (n: number, p: number) => boolean) =>
        Array.from({ length: 2 * pixels }, (_, i) => Number(rule(Math.floor(i / pixels), i % pixels)));
      const nearer = (n: number, p: number) => d(n, p) >= d(1 - n, p) - options.margin;
      const [low, high] = options.ft_range;
      const expected: Record<string, number[]> = {
        depthcomp: mask((n, p) => nearer(n, p) && d(n, p) >= options.ft),
        depthcomp_range: mask((n, p) => nearer(n, p) && d(n, p) >= draws[n] * (high - low) + low),
        depth: mask((n, p) => d(n, p) >= draws[n] * 0.3 + 0.1),
        class: mask((n, p) => options.classes[n].includes(labels[n * pixels + p])),
        none: mask(() => true),
      };
      for (const [name, wanted] of Object.entries(expected)) {
        expect(numbers(outputs[`mask.${name}`])).toEqual(wanted);
        const hard = wanted.map((own, i) => labels[own ? i : (i + pixels) % (2 * pixels)]);
        expect(numbers(outputs[`mix.${name}.hard_labels`])).toEqual(hard);
      }
    }
  });
});

test('pseudo_label: the weight multiplies loss and gradient', async () => {
  const shape = [1, 3, 2, 2];
  const probabilities = values([0.98, 0.99, 0.2, 0, 0.01, 0.01, 0.2, 0, 0.01, 0, 0.6, 0], shape);
  const inputs = { student_logits: noise('logits', shape), 'teacher_softmax.own': probabilities };
  const weighted = (consistency_weight: number) =>
    run({ kind: 'pseudo_label', options: { consistency_weight }, inputs });
  const [single, triple] = [await weighted(1), await weighted(3)];
  for (const name of ['own.loss', 'own.grad.student_logits']) {
    close(
      numbers(triple[name]),
      numbers(single[name]).map((value) => 3 * value),
    );
  }
  expect(numbers(single['own.pseudo_label'])).toEqual([0, 0, 2, 250]);
  close(numbers(single['own.weight']), [0.5]);
  expect(numbers(single['own.loss'])[0]).toBeGreaterThan(0);
});

test('metrics: any number of classes and of batches', async () => {
  const gt = [
    [0, 1, 2, 3, 250, 1],
    [3, 3, 0, 1],
  ];
  const pred = [
    [0, 1, 1, 3, 2, 1],
    [3, 0, 0, 2],
  ];
  const inputs = Object.fromEntries(
    gt.flatMap((labels, b) => [
      [`gt.${b}`, values(labels, [1, 1, labels.length])],
      [`pred.${b}`, values(pred[b], [1, 1, labels.length])],
    ]),
  );
  const outputs = await run({ kind: 'metrics', options: { C: 4 }, inputs });
  expect(numbers(outputs.confusion)).toEqual([2, 0, 0, 0, 0, 2, 1, 0, 0, 1, 0, 0, 1, 0, 0, 2]);
  close(numbers(outputs.class_iou), [2 / 3, 2 / 4, 0, 2 / 3]);
  close(numbers(outputs['score.Overall_Acc']), [6 / 9]);
});

test('geometry: the range of depths', async () => {
  const matrix = values(
    [1, 2].flatMap(() => [2, 0, 1, 0, 0, 2, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
    [2, 4, 4],
  );
  const inverse = values(
    [1, 2].flatMap(() => [0.5, 0, -0.5, 0, 0, 0.5, -0.5, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
    [2, 4, 4],
  );
  const disp = noise('disp', [2, 1, 3, 4], { low: 0.1, high: 0.9 });
  const inputs = {
    ...{ disp, image: noise('image', [2, 3, 3, 4]), K: matrix, inv_K: inverse },
    ...{ axisangle: noise('a', [2, 1, 3]), translation: noise('t', [2, 1, 3]) },
    ...{ axisangle_set: noise('as', [2, 1, 3]), translation_set: noise('ts', [2, 1, 3]) },
  };
  for (const [min_depth, max_depth] of [
    [0.1, 100],
    [2, 10],
  ]) {
    const outputs = await run({ kind: 'geometry', options: { min_depth, max_depth }, inputs });
    const expected = Array.from(disp.data, (d) => 1 / (1 / max_depth + (1 / min_depth - 1 / max_depth) * d));
    close(numbers(outputs.depth), expected, 3);
    close(
      numbers(outputs.scaled_disp),
      expected.map((depth) => 1 / depth),
      4,
    );
  }
});
