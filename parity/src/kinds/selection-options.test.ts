import { describe, expect, test } from '@jest/globals';
import type { Values } from '../layout.ts';
import { acquire } from './acquire.ts';
import { caseOf, noise, numbers } from './case.test.kit.ts';

const [count, classes, height, width] = [6, 3, 4, 8];
const [featureHeight, featureWidth] = [2, 4];
const ids = Array.from({ length: count }, (_, i) => 10 * i + 3);
const labelled = [1, 4];
const inputs: Record<string, Values> = {
  image_ids: { data: ids, shape: [count] },
  current_ids: { data: labelled.map((i) => ids[i]), shape: [labelled.length] },
  disp_pred: noise('students', [count, 1, height, width], { low: 0.1, high: 0.9 }),
  // Nothing is so far away that it is left out.
  disp_pseudo: noise('teachers', [count, 1, height, width], { low: 0.1, high: 0.9 }),
  logits: noise('logits', [count, classes, height, width], { low: -3, high: 3 }),
  teacher_features: noise('features', [count, 2, featureHeight, featureWidth]),
};
const plain = { dl: 1, el: 0, n_add: 2, n_pre_add: 1, pre_mult: 2, pool_h: 2, ifp_w: 1, bias_weight: 5, maps: 2 };

async function run(options: Partial<typeof plain>) {
  const outputs = await acquire(
    caseOf({
      kind: 'acquire',
      options: { ...plain, ...options },
      inputs,
      outputs: { 'error.abs_log': [count], 'error.abs': [count], 'score_two_criteria.chosen': [2] },
    }),
  );
  return (name: string) => numbers(outputs[name]);
}

const image = ({ data, shape }: Values, n: number) => {
  const size = shape.slice(1).reduce((product, length) => product * length, 1);
  return Array.from({ length: size }, (_, i) => data[n * size + i]);
};
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const each = <T>(of: (n: number) => T) => Array.from({ length: count }, (_, n) => of(n));

/** The rows from int(0.87 · 4) = 3 on are the own car's. */
const depthErrors = each((n) => {
  const [student, teacher] = [image(inputs.disp_pred, n), image(inputs.disp_pseudo, n)];
  return mean(student.map((s, p) => (p < 3 * width ? Math.abs(Math.log(1 + s) - Math.log(1 + teacher[p])) : 0)));
});
const entropies = each((n) => {
  const logits = image(inputs.logits, n);
  const pixels = height * width;
  return mean(
    Array.from({ length: pixels }, (_, p) => {
      const exponentials = Array.from({ length: classes }, (_, c) => Math.exp(logits[c * pixels + p]));
      const sum = exponentials.reduce((a, b) => a + b);
      return exponentials.reduce((h, e) => h - (e / sum) * Math.log2(e / sum), 0) / Math.log2(classes);
    }),
  );
});
const ranked = (scores: number[]) => scores.map((_, n) => n).sort((a, b) => scores[b] - scores[a]);
const close = (actual: number[], expected: number[], digits = 5) => {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i], digits));
};

describe('acquire', () => {
  test.each([
    [1, 0, 2],
    [0, 1, 3],
    [2, 0.5, 4],
  ])('weights %d and %d of depth error and entropy, %i images to add', async (dl, el, n_add) => {
    const output = await run({ dl, el, n_add });
    const scores = each((n) => dl * depthErrors[n] + el * entropies[n]);
    close(output('score.label_criterion'), scores);
    expect(output('score.chosen')).toEqual(
      ranked(scores)
        .slice(0, n_add)
        .map((n) => ids[n]),
    );
    expect(output('ifp.u3_max.chosen')).toHaveLength(n_add);
  });

  test('more images to add than there are: the search ends where the original does', async () => {
    const output = await run({ n_add: count });
    const chosen = output('ifp.u3_max.chosen');
    expect(chosen).toHaveLength(count - labelled.length);
    expect(new Set([...chosen, ...labelled.map((i) => ids[i])]).size).toBe(count);
  });

  test('distances are those of pooled features, times their weight, plus weighted bias', async () => {
    // As many cells as the features have: pooling leaves them as they are.
    const output = await run({ pool_h: featureHeight });
    const distances = each((a) =>
      each((b) =>
        Math.hypot(...image(inputs.teacher_features, a).map((x, i) => x - image(inputs.teacher_features, b)[i])),
      ),
    ).flat();
    close(output('ifp.u3_max.distances'), distances);
    const weighted = await run({ ifp_w: 3 });
    close(
      weighted('ifp.u3_max.distances'),
      distances.map((distance) => 3 * distance),
      4,
    );
    for (const bias_weight of [5, 20]) {
      const biased = await run({ bias_weight });
      const unbiased = biased('ifp.u3_avg_norm.distances');
      const difference = biased('ifp.u3_avg_norm_bias.distances').map((value, i) => value - unbiased[i]);
      const expected = each((a) => each((b) => (a === b || labelled.includes(b) ? 0 : bias_weight * depthErrors[b])));
      close(difference, expected.flat(), 4);
    }
  });

  test('fewer cells hold the greatest or the average of more pixels', async () => {
    const output = await run({ pool_h: 1 });
    const pooled = each((n) => {
      const features = image(inputs.teacher_features, n);
      const cell = (channel: number, half: number) =>
        Math.max(...[0, 1].flatMap((y) => [0, 1].map((x) => features[channel * 8 + y * featureWidth + 2 * half + x])));
      return [cell(0, 0), cell(1, 0), cell(0, 1), cell(1, 1)];
    });
    close(
      output('ifp.u3_max.distances'),
      each((a) => each((b) => Math.hypot(...pooled[a].map((x, i) => x - pooled[b][i])))).flat(),
    );
  });

  test.each([
    [1, 1],
    [2, 2],
    [1, 2.5],
  ])('%i images of the best %f times as many', async (n_pre_add, pre_mult) => {
    const output = await run({ n_pre_add, pre_mult });
    const best = ranked(depthErrors)
      .filter((n) => !labelled.includes(n))
      .slice(0, Math.floor(pre_mult * n_pre_add));
    const chosen = output('ifp.preselected.chosen');
    expect(chosen).toHaveLength(n_pre_add);
    for (const id of chosen) expect(best).toContain(ids.indexOf(id));
  });

  test('as many error maps as asked for', async () => {
    for (const maps of [1, 3]) {
      const output = await run({ maps });
      expect(output('error_map.abs')).toHaveLength(maps * height * width);
    }
  });
});
