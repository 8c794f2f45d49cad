import {
  averagePoolFeatures,
  clampedDepth,
  disparityErrorMap,
  disparityUncertainty,
  distanceMatrix,
  farthestPointSampling,
  labelEntropy,
  maxPoolFeatures,
  normalizeFeatures,
  selectByScore,
  type DisparityErrorType,
} from '@segsde/active-learning';
import { z } from 'zod';
import type { Adapter, Outputs } from '../context.ts';
import { perImage } from '../per-image.ts';
import { caseOptions, ofInputs, readOptions } from '../read-options.ts';

const count = z.number().int().nonnegative();
const schema = caseOptions({
  ...{ dl: z.number(), el: z.number(), ifp_w: z.number(), bias_weight: z.number() },
  ...{ n_add: count, n_pre_add: count, pre_mult: z.number(), maps: count },
  C: ofInputs,
  pool_h: z.number().int().positive(),
});

const flatten = (rows: ArrayLike<number>[]) => Float32Array.from(rows.flatMap((row) => Array.from(row)));

/** Scores of images, distances of their features, and what is chosen by both. */
export const acquire: Adapter = (context) => {
  const options = readOptions(context.case, schema);
  const outputs: Outputs = {};
  const ids = Array.from(context.input('image_ids').data);
  const current = Array.from(context.input('current_ids').data, (id) => ids.indexOf(id));
  const toIds = (indices: number[]) => indices.map((index) => ids[index]);
  const count = ids.length;

  const { shape } = context.input('disp_pred');
  const [height, width] = shape.slice(2);
  const students = perImage(context.input('disp_pred'));
  const teachers = perImage(context.input('disp_pseudo'));
  const uncertainty = (type: DisparityErrorType) =>
    students.map((student, n) => disparityUncertainty(student, teachers[n], { width, height, type }));
  for (const { name } of context.case.outputs) {
    const type = /^error\.(.+)$/.exec(name)?.[1] as DisparityErrorType | undefined;
    if (!type) continue;
    const maps = students.slice(0, options.maps);
    outputs[`error_map.${type}`] = flatten(
      maps.map((student, n) => disparityErrorMap(student, teachers[n], { width, height, type })),
    );
    outputs[name] = uncertainty(type);
  }

  const logits = context.input('logits');
  const entropy = perImage(logits).map((image) => labelEntropy(image, logits.shape[1]));
  const depthError = uncertainty('abs_log');
  const criterion = depthError.map((error, n) => options.dl * error + options.el * entropy[n]);
  const quota = (name: string) => context.case.outputs.find((row) => row.name === name)!.shape![0];
  outputs['entropy_mean'] = entropy;
  outputs['score.label_criterion'] = criterion;
  // Unlike the farthest-point searches below, these were given the scores of all images, the
  // labelled ones too.
  outputs['score.chosen'] = toIds(selectByScore([criterion], { choose: options.n_add }));
  outputs['score_two_criteria.chosen'] = toIds(
    selectByScore([depthError, entropy], { choose: quota('score_two_criteria.chosen') }),
  );

  const rows = options.pool_h;
  const features = context.input('teacher_features');
  const [channels, featureHeight, featureWidth] = features.shape.slice(1);
  const pooled = (pool: typeof averagePoolFeatures) =>
    flatten(perImage(features).map((map) => pool(map, { height: featureHeight, width: featureWidth, channels, rows })));
  const pooledDepth = (transform: (depth: number) => number) =>
    flatten(
      teachers.map((teacher) => {
        const depths = Float32Array.from(teacher, (disparity) => transform(clampedDepth(disparity)));
        return averagePoolFeatures(depths, { height, width, channels: 1, rows });
      }),
    );
  const normalized = normalizeFeatures(pooled(averagePoolFeatures), channels);
  const biasOf = (weight: number) => depthError.map((error, n) => (current.includes(n) ? 0 : weight * error));

  const selections: Record<string, { features: Float32Array; bias?: number[] }> = {
    u3_avg_norm: { features: normalized },
    u3_avg_norm_bias: { features: normalized, bias: biasOf(options.bias_weight) },
    u3_max: { features: pooled(maxPoolFeatures) },
    logdepth: { features: pooledDepth(Math.log) },
    depth: { features: pooledDepth((depth) => depth) },
  };
  for (const [name, { features, bias }] of Object.entries(selections)) {
    const chosen = farthestPointSampling(features, {
      count,
      choose: options.n_add,
      selected: current,
      bias,
      whenExhausted: 'reference',
    });
    const weighted = (distances: ArrayLike<number>) => Array.from(distances, (distance) => options.ifp_w * distance);
    outputs[`ifp.${name}.distances`] = weighted(distanceMatrix(features, { count, bias }));
    outputs[`ifp.${name}.chosen`] = toIds(chosen.indices);
    outputs[`ifp.${name}.chosen_distance`] = weighted(chosen.distances);
  }

  const wanted = Math.floor(options.pre_mult * options.n_pre_add);
  const preselected = farthestPointSampling(normalized, {
    count,
    choose: options.n_pre_add,
    selected: current,
    candidates: selectByScore([depthError], { choose: wanted, exclude: current }),
    bias: biasOf(1e-6),
    whenExhausted: 'reference',
  });
  outputs['ifp.preselected.chosen'] = toIds(preselected.indices);
  return outputs;
};
