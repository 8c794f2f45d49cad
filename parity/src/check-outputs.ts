import { comparePack, type PackReference } from './compare-pack.ts';
import { compareValues, type Verdict } from './compare.ts';
import type { Outputs } from './context.ts';
import type { Fixture } from './fixture.ts';
import type { OutputRow, Rule } from './manifest.ts';
import { sampled } from './sampled.ts';

/** The verdict on one stored tensor (or pack) of a case. */
export interface OutputVerdict extends Verdict {
  output: string;
}

/**
 * Compares results with everything that the manifest lists for the case. A result that is not there
 * fails.
 */
export function checkOutputs(fixture: Fixture, outputs: Outputs): OutputVerdict[] {
  return fixture.case.outputs.flatMap((row) => {
    const actual = outputs[row.name];
    if (actual === undefined) return [{ output: row.name, ratio: Infinity, detail: 'was not computed' }];
    if (row.storage === 'pack') {
      return [{ output: row.name, ...checkPack(fixture, row, actual as (ArrayLike<number> | null)[]) }];
    }
    return checkTensors(fixture, row, actual as ArrayLike<number>);
  });
}

function checkTensors(fixture: Fixture, row: OutputRow, actual: ArrayLike<number>): OutputVerdict[] {
  const count = (row.shape ?? []).reduce((product, size) => product * size, 1);
  if (actual.length !== count) {
    return [{ output: row.name, ratio: Infinity, detail: `${actual.length} values instead of ${count}` }];
  }
  const summary = row.storage === 'sampled' ? sampled(actual) : undefined;
  return row.tensors.map((tensor) => {
    const part = summary && (tensor.endsWith('.stats') ? summary.stats : summary.samples);
    const rule = (row.tolerance as Record<string, Exclude<Rule, { rule: 'pack' }>>)[tensor];
    return { output: tensor, ...compareValues(part ?? actual, fixture.reference(tensor), rule) };
  });
}

function checkPack(fixture: Fixture, row: OutputRow, actual: (ArrayLike<number> | null)[]): Verdict {
  const part = (name: keyof PackReference) => fixture.reference(`${row.name}.${name}`);
  const reference: PackReference = {
    norms: part('norms'),
    samples: part('samples'),
    present: part('present'),
    err_l2: part('err_l2'),
    err_max: part('err_max'),
  };
  return comparePack(actual, reference, row.tolerance as Extract<Rule, { rule: 'pack' }>, rowNames(fixture, row));
}

function rowNames(fixture: Fixture, row: OutputRow): string[] {
  if (row.name.endsWith('inputs')) return fixture.case.inputs.map(({ name }) => name);
  return (row.name.includes('buffers') ? fixture.buffers : fixture.params).map(({ key }) => key);
}
