export { compareValues, type Verdict } from './compare.ts';
export { comparePack, type PackReference } from './compare-pack.ts';
export { hashUniform } from './hash.ts';
export { weightValues } from './weight-values.ts';
