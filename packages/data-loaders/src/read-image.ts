import { extname } from 'node:path';
import sharp from 'sharp';
import { checkPng } from './check-png.ts';
import { DataError } from './data-error.ts';
import { readBytes } from './read-bytes.ts';
import type { ImageU8 } from './sample.ts';

export interface Size {
  width: number;
  height: number;
}

/**
 * Reads a PNG or JPEG as RGB (grey is repeated, alpha dropped), resized with the Lanczos kernel where the size differs.
 *
 * @returns the image, and the size it has on disk
 * @throws DataError naming the file
 */
export async function readImage(
  file: string,
  { width, height }: Size,
  advice = 'Check the folder.',
): Promise<{ image: ImageU8; stored: Size }> {
  const bytes = await readBytes(file, advice);
  if (extname(file).toLowerCase() === '.png') checkPng(bytes, file);
  try {
    const decoder = sharp(bytes, { ignoreIcc: true });
    const stored = await decoder.metadata();
    const { data } = await decoder
      .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return {
      image: { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) },
      stored: { width: stored.width, height: stored.height },
    };
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0];
    throw new DataError(
      `${file}: the picture cannot be decoded (${reason}). Fetch it again or take it out of the folder.`,
    );
  }
}
