import { farthestPointSampling, type FarthestPoints } from '@segsde/active-learning';
import type { Adapter, Outputs } from '../context.ts';

/** Farthest-point sampling with and without preselection and bias. */
export const farthestPoint: Adapter = (context) => {
  const { n_new, n_new_pre } = context.case.options as { n_new: number; n_new_pre: number };
  const ids = Array.from(context.input('image_ids').data);
  const positions = (name: string) => Array.from(context.input(name).data, (id) => ids.indexOf(id));
  const points = Float32Array.from(context.input('points').data);
  const count = ids.length;
  const selected = positions('initial_ids');
  const candidates = positions('preselected_ids');
  const bias = context.input('bias').data;

  const found: Record<string, FarthestPoints> = {
    plain: farthestPointSampling(points, { count, choose: n_new, selected }),
    bias: farthestPointSampling(points, { count, choose: n_new, selected, bias }),
    pre: farthestPointSampling(points, { count, choose: n_new_pre, selected, candidates }),
    pre_bias: farthestPointSampling(points, { count, choose: n_new_pre, selected, candidates, bias }),
    exhausted: farthestPointSampling(points, {
      count,
      choose: count,
      selected,
      candidates,
      whenExhausted: 'reference',
    }),
  };
  const outputs: Outputs = {};
  for (const [name, { indices, distances }] of Object.entries(found)) {
    outputs[`${name}.ids`] = indices.map((index) => ids[index]);
    outputs[`${name}.distances`] = distances;
  }
  return outputs;
};
