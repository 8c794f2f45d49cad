import { pixelEntropy, stretchToUnitRange } from '@segsde/active-learning';
import type { Adapter } from '../context.ts';
import { nchwToNhwc } from '../layout.ts';
import { caseOptions, ofInputs, readOptions } from '../read-options.ts';

/** Entropy per pixel, also stretched to 0..1 over the batch. */
export const entropy: Adapter = (context) => {
  readOptions(context.case, caseOptions({ C: ofInputs }));
  const { data, shape } = nchwToNhwc(context.input('logits'));
  const map = pixelEntropy(data, shape[3]);
  return { entropy: map, entropy_normalized: stretchToUnitRange(map) };
};
