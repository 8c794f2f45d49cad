import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Rule =
  | { rule: 'exact' }
  | { rule: 'nan' }
  | { rule: 'mismatch_frac'; max: number }
  | { rule: 'close'; atol: number; rel_l2: number; outlier_frac?: number }
  | { rule: 'pack'; F: number; rtol: number };

export interface InputRow {
  name: string;
  dtype: 'F32' | 'I32' | 'U8';
  shape: number[];
  /** Name in the safetensors file; absent where the values come from `hash`. */
  tensor?: string;
  hash?: { name: string; lo: number; hi: number };
}

export interface OutputRow {
  name: string;
  shape?: number[];
  storage: 'full' | 'sampled' | 'pack';
  /** Names in the safetensors file. */
  tensors: string[];
  /** One rule for a pack, otherwise one for each of `tensors`. */
  tolerance: Rule | Record<string, Rule>;
}

export interface TableRow {
  key: string;
  shape: number[];
  requires_grad?: boolean;
}

export interface Case {
  name: string;
  kind: string;
  variant: string;
  file: string;
  options: Record<string, unknown>;
  info: Record<string, unknown>;
  inputs: InputRow[];
  outputs: OutputRow[];
  weights?: { table: string; prefix: string; teacher_prefix?: string; teacher_scale?: Record<string, number> };
}

export interface Manifest {
  general: Record<string, unknown>;
  cases: Case[];
  tables: Record<string, { params: TableRow[]; buffers: TableRow[] }>;
}

/** Reads `manifest.json` of a folder of golden numbers. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, 'manifest.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}. Set SEGSDE_FIXTURES to a folder of golden numbers.`);
  }
}
