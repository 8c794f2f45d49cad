import { farthestPointSampling, type FarthestPoints } from '@segsde/active-learning';
import { z } from 'zod';
import type { Adapter, Outputs } from '../context.ts';
import { caseOptions, ofInputs, readOptions } from '../read-options.ts';

const count = z.number().int().nonnegative();
const schema = caseOptions({ C: ofInputs, n_new: count, n_new_pre: count });

/** Farthest-point sampling with and without preselection and bias. */
export const farthestPoint: Adapter = (context) => {
  const { n_new, n_new_pre } = readOptions(context.case, schema);
  const ids = Array.from(context.input('image_ids').data);
  const positions = (name: string) => Array.from(context.input(name).data, (id) => ids.indexOf(id));
  const points = Float32Array.from(context.input('points').data);
  const bias = context.input('bias').data;
  const candidates = positions('preselected_ids');
  const all = { count: ids.length, selected: positions('initial_ids'), whenExhausted: 'reference' } as const;

  const found: Record<string, FarthestPoints> = {
    plain: farthestPointSampling(points, { ...all, choose: n_new }),
    bias: farthestPointSampling(points, { ...all, choose: n_new, bias }),
    pre: farthestPointSampling(points, { ...all, choose: n_new_pre, candidates }),
    pre_bias: farthestPointSampling(points, { ...all, choose: n_new_pre, candidates, bias }),
    exhausted: farthestPointSampling(points, { ...all, choose: ids.length, candidates }),
  };
  const outputs: Outputs = {};
  for (const [name, { indices, distances }] of Object.entries(found)) {
    outputs[`${name}.ids`] = indices.map((index) => ids[index]);
    outputs[`${name}.distances`] = distances;
  }
  return outputs;
};
