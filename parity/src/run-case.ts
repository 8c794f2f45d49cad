import type { Engine } from '@segsde/jit';
import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import { adapters } from './adapters.ts';
import { checkOutputs, type OutputVerdict } from './check-outputs.ts';
import { readFixture } from './fixture.ts';
import type { Case, Manifest } from './manifest.ts';

export interface CaseResult {
  case: string;
  engine: Engine;
  /**
   * All stored tensors of the case, or one verdict with the error where the case could not be
   * computed.
   */
  verdicts: OutputVerdict[];
  seconds: number;
}

/** Computes a case on an engine and compares it with the golden numbers. */
export async function runCase(folder: string, manifest: Manifest, item: Case, engine: Engine): Promise<CaseResult> {
  const start = performance.now();
  let verdicts: OutputVerdict[];
  try {
    const fixture = readFixture(folder, manifest, item);
    verdicts = checkOutputs(fixture, await adapters[item.kind]({ ...fixture, engine }));
  } catch (error) {
    const isOption = error instanceof Error && error.cause instanceof z.ZodError;
    const detail = error instanceof Error && !isOption ? (error.stack ?? error.message) : String(error);
    verdicts = [{ output: 'error', ratio: Infinity, detail }];
  }
  return { case: item.name, engine, verdicts, seconds: (performance.now() - start) / 1000 };
}
