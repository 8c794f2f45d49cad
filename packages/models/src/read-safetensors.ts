import { storedArrays, type StoredTensor } from './stored-tensor.ts';

export interface Safetensors {
  tensors: Map<string, StoredTensor>;
  metadata: Record<string, string>;
}

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isEntry(value: unknown): value is HeaderEntry {
  const entry = value as Partial<HeaderEntry> | null;
  return (
    typeof entry?.dtype === 'string' &&
    Array.isArray(entry.shape) &&
    entry.shape.every(isCount) &&
    Array.isArray(entry.data_offsets) &&
    entry.data_offsets.length === 2 &&
    entry.data_offsets.every(isCount)
  );
}

/**
 * Reads the bytes of a safetensors file.
 *
 * @param source name of the file, for errors
 * @throws if the bytes are truncated or are no safetensors file, naming the source
 */
export function decodeSafetensors(bytes: Uint8Array, source: string): Safetensors {
  const fail = (what: string): never => {
    throw new Error(`${source}: ${what}. The file is damaged or no safetensors file; write or fetch it again.`);
  };
  if (bytes.length < 8) fail(`file ends after ${bytes.length} bytes, before the header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  const start = 8 + headerLength;
  if (start > bytes.length) fail(`file ends after ${bytes.length} bytes, but its header alone takes ${start}`);

  let header: Record<string, unknown> = {};
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch (error) {
    fail(`header is not JSON (${(error as Error).message})`);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) fail('header is not a JSON object');

  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors = new Map<string, StoredTensor>();
  let end = start;
  for (const [name, entry] of Object.entries(entries)) {
    if (!isEntry(entry)) return fail(`header entry of tensor ${name} lacks dtype, shape or data_offsets`);
    const { dtype, shape } = entry;
    if (!(dtype in storedArrays)) {
      throw new Error(
        `${source}: tensor ${name} is of dtype ${dtype}; only ${Object.keys(storedArrays).join(', ')} can be read. Convert it to F32.`,
      );
    }
    const array = storedArrays[dtype as keyof typeof storedArrays];
    const [from, to] = entry.data_offsets.map((offset) => start + offset);
    const size = shape.reduce((product, length) => product * length, array.BYTES_PER_ELEMENT);
    if (to - from !== size)
      fail(`tensor ${name} of shape [${shape.join(', ')}] takes ${size} bytes, but ${to - from} are marked for it`);
    end = Math.max(end, to);
    if (to > bytes.length) continue;
    const data = new array(bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + to) as ArrayBuffer);
    tensors.set(name, { dtype, shape, data } as StoredTensor);
  }
  if (end > bytes.length)
    fail(`file ends after ${bytes.length.toLocaleString('en')} of ${end.toLocaleString('en')} bytes`);
  if (end < bytes.length) fail(`${bytes.length - end} bytes follow the last tensor`);
  return { tensors, metadata: metadata as Record<string, string> };
}

/**
 * Reads a safetensors file.
 *
 * @throws if the file is missing, truncated or damaged, naming it
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  // Imported on use: the rest of this package also runs in web pages.
  const { readFile } = await import('node:fs/promises');
  return decodeSafetensors(await readFile(path), path);
}
