import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashUniform } from './hash.ts';
import type { Values } from './layout.ts';
import type { Case, Manifest, TableRow } from './manifest.ts';

/** One case of the manifest with its numbers at hand. */
export interface Fixture {
  case: Case;
  /** Rows of the case's table: the order of the tensors in a pack. */
  params: TableRow[];
  buffers: TableRow[];
  hasInput(name: string): boolean;
  /** An input in PyTorch's layout; one stored as `<name>_u8` comes as float32(u8 / 255). */
  input(name: string): Values;
  /** A stored golden number by its name in the file. */
  reference(tensor: string): ArrayLike<number>;
  /** `2u - 1` of the manifest's `gradient_weights` for an output, in PyTorch's layout. */
  gradientWeights(output: string, shape: readonly number[]): Values;
}

/** Reads a case's file. */
export function readFixture(folder: string, manifest: Manifest, item: Case): Fixture {
  const stored = readTensors(join(folder, item.file));
  const table = item.weights ? manifest.tables[item.weights.table] : { params: [], buffers: [] };
  const row = (name: string) => item.inputs.find((input) => input.name === name);
  const find = (tensor: string) => {
    const values = stored.get(tensor);
    if (!values) throw new Error(`${item.file} has no tensor ${tensor}.`);
    return values;
  };
  const input = (name: string): Values => {
    const found = row(name);
    if (!found) {
      const bytes = row(`${name}_u8`);
      if (!bytes) throw new Error(`Case ${item.name} has no input ${name}.`);
      return {
        data: Float32Array.from(input(bytes.name).data as Uint8Array, (byte) => byte / 255),
        shape: bytes.shape,
      };
    }
    const { shape, hash, tensor } = found;
    if (tensor !== undefined) return { data: find(tensor), shape };
    if (!hash) throw new Error(`Input ${name} of case ${item.name} has neither tensor nor hash.`);
    const count = shape.reduce((product, size) => product * size, 1);
    return { data: hashUniform(hash.name, count, hash.lo, hash.hi), shape };
  };
  return {
    case: item,
    ...table,
    hasInput: (name) => row(name) !== undefined || row(`${name}_u8`) !== undefined,
    input,
    reference: find,
    gradientWeights: (output, shape) => {
      const count = shape.reduce((product, size) => product * size, 1);
      return { data: hashUniform(`gradweight:${item.name}:${output}`, count, -1, 1), shape };
    },
  };
}

const arrays = { F32: Float32Array, I32: Int32Array, U8: Uint8Array };

/** Tensors of a safetensors file by name. */
function readTensors(path: string): Map<string, Float32Array | Int32Array | Uint8Array> {
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<
    string,
    { dtype: keyof typeof arrays; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, Float32Array | Int32Array | Uint8Array>();
  for (const [name, { dtype, data_offsets }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [from, to] = data_offsets;
    const aligned = new Uint8Array(to - from);
    aligned.set(bytes.subarray(start + from, start + to));
    tensors.set(name, new arrays[dtype](aligned.buffer));
  }
  return tensors;
}
