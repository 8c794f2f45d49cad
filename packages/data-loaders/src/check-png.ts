import { DataError } from './data-error.ts';

const signature = [137, 80, 78, 71, 13, 10, 26, 10];
const bytesAroundChunk = 12;

/**
 * Follows a PNG's chunks to its end mark, so that a file that was cut off is told from one in a format nobody knows.
 *
 * @throws DataError saying after how many bytes the file ends and how many it needs at least
 */
export function checkPng(bytes: Uint8Array, file: string): void {
  const advice = 'Fetch it again or take it out of the folder.';
  if (bytes.length === 0) throw new DataError(`${file}: the file is empty. ${advice}`);
  if (bytes.length >= signature.length && signature.some((byte, at) => bytes[at] !== byte)) {
    throw new DataError(`${file}: not a PNG file, whatever its name says. ${advice}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const format = (count: number) => count.toLocaleString('en-US');
  let offset = signature.length;
  for (;;) {
    const headerEnd = offset + bytesAroundChunk;
    const chunkEnd = headerEnd <= bytes.length ? headerEnd + view.getUint32(offset) : headerEnd;
    const type = headerEnd <= bytes.length ? String.fromCharCode(...bytes.subarray(offset + 4, offset + 8)) : '';
    if (chunkEnd > bytes.length) {
      const needed = chunkEnd + (type === 'IDAT' ? bytesAroundChunk : 0);
      throw new DataError(
        `${file}: file ends after ${format(bytes.length)} of at least ${format(needed)} bytes. ${advice}`,
      );
    }
    if (type === 'IEND') return;
    offset = chunkEnd;
  }
}
