import { open } from 'node:fs/promises';
import sharp from 'sharp';
import { isPng, pngChunks } from './png-chunks.ts';
import { readBytes, unreadable } from './read-bytes.ts';
import { readImage, type Size } from './read-image.ts';
import { emptyFile, undecodable } from './undecodable.ts';

const ends = { bytes: 12, png: 'IEND', jpeg: [0xff, 0xd9] };

/** The first and the last bytes of a file. */
async function readEnds(file: string, advice: string) {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const read = async (position: number) => {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(ends.bytes), 0, ends.bytes, position);
        return buffer.subarray(0, bytesRead);
      };
      return { first: await read(0), last: await read(Math.max(0, size - ends.bytes)) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(file, error, advice);
  }
}

/**
 * Size of a picture once it is upright, from its header alone. Whether the file is whole is told by
 * its end mark; one that does not end with it is read as far as it takes to know.
 *
 * @throws DataError naming the file, if it is missing, empty, no picture, or was cut off
 */
export async function readImageSize(file: string, advice = 'Check the path.'): Promise<Size> {
  const { first, last } = await readEnds(file, advice);
  if (first.length === 0) throw emptyFile(file);
  const png = isPng(first.subarray(0, 8));
  if (png && last.toString('latin1', 4, 8) !== ends.png) pngChunks(await readBytes(file, advice), file);
  const header = await sharp(file, { ignoreIcc: true })
    .metadata()
    .catch((error: unknown) => {
      throw undecodable(file, error);
    });
  const marked = ends.jpeg.every((byte, at) => last.at(at - ends.jpeg.length) === byte);
  if (!png && !(header.format === 'jpeg' && marked)) await readImage(file, { advice });
  const { width, height } = header.autoOrient;
  return { width, height };
}
