import type { StoredTensor } from './stored-tensor.ts';

/**
 * The pieces of a safetensors file, in order: header length and header in one, then each tensor's
 * bytes.
 */
export function encodeSafetensors(tensors: Map<string, StoredTensor>, metadata?: Record<string, string>): Uint8Array[] {
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  let offset = 0;
  const bodies = [...tensors].map(([name, { dtype, shape, data }]) => {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  });
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(json, 8);
  return [head, ...bodies];
}

/**
 * Writes a safetensors file. It is written under a temporary name beside `path`, flushed to disk
 * and then renamed, so that `path` never holds half a file; when writing fails, an earlier file
 * stays as it was.
 */
export async function writeSafetensors(
  path: string,
  tensors: Map<string, StoredTensor>,
  metadata?: Record<string, string>,
): Promise<void> {
  const { open, rename, rm } = await import('node:fs/promises');
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      for (const piece of encodeSafetensors(tensors, metadata)) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new Error(`${path}: could not be written (${(error as Error).message}).`, { cause: error });
  }
}
