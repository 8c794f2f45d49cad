import { DataError } from './data-error.ts';
import { emptyFile } from './undecodable.ts';

export interface PngChunk {
  type: string;
  data: Uint8Array;
  /** Type and data, which the checksum is over. */
  checked: Uint8Array;
  checksum: number;
}

const signature = [137, 80, 78, 71, 13, 10, 26, 10];
const bytesAroundChunk = 12;
const advice = 'Fetch it again or take it out of the folder.';

/** Whether a file begins as PNG files do, or is shorter than that and begins as they do. */
export const isPng = (bytes: Uint8Array): boolean =>
  bytes.length > 0 && signature.slice(0, bytes.length).every((byte, at) => bytes[at] === byte);

/**
 * The chunks of a PNG up to its end mark, so that a file that was cut off is told from one in a
 * format nobody knows. What follows the end mark is ignored, as every decoder does.
 *
 * @throws DataError saying after how many bytes the file ends and how many it needs at least
 */
export function pngChunks(bytes: Uint8Array, file: string): PngChunk[] {
  if (bytes.length === 0) throw emptyFile(file);
  if (!isPng(bytes)) throw new DataError(`${file}: not a PNG file, whatever its name says. ${advice}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const format = (count: number) => count.toLocaleString('en-US');
  const chunks: PngChunk[] = [];
  let offset = signature.length;
  for (;;) {
    const headerEnd = offset + bytesAroundChunk;
    const length = headerEnd <= bytes.length ? view.getUint32(offset) : 0;
    const chunkEnd = headerEnd + length;
    const type = headerEnd <= bytes.length ? String.fromCharCode(...bytes.subarray(offset + 4, offset + 8)) : '';
    if (chunkEnd > bytes.length) {
      const needed = chunkEnd + (type === 'IDAT' ? bytesAroundChunk : 0);
      throw new DataError(
        `${file}: file ends after ${format(bytes.length)} of at least ${format(needed)} bytes. ${advice}`,
      );
    }
    chunks.push({
      type,
      data: bytes.subarray(offset + 8, offset + 8 + length),
      checked: bytes.subarray(offset + 4, offset + 8 + length),
      checksum: view.getUint32(chunkEnd - 4),
    });
    if (type === 'IEND') return chunks;
    offset = chunkEnd;
  }
}
