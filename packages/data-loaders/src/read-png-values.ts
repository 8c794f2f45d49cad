import { decode } from 'fast-png';
import { checkPng } from './check-png.ts';
import { DataError } from './data-error.ts';
import { readBytes } from './read-bytes.ts';

export interface PngValues {
  width: number;
  height: number;
  bits: 8 | 16;
  /** One value per pixel; of a palette PNG the index, not the colour. */
  data: Uint8Array | Uint16Array;
}

const interlaceByte = 28;

/**
 * Reads a PNG that holds numbers rather than a picture: grey or palette, 1 to 16 bits.
 *
 * @throws DataError naming the file
 */
export async function readPngValues(file: string, advice: string): Promise<PngValues> {
  const bytes = await readBytes(file, advice);
  checkPng(bytes, file);
  let png;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (error) {
    throw new DataError(`${file}: the PNG is damaged (${(error as Error).message}). Fetch it again.`);
  }
  const { width, height, depth, channels } = png;
  if (channels !== 1) {
    throw new DataError(
      `${file}: the PNG has ${channels} channels, but one number per pixel is needed (grey or palette PNG).`,
    );
  }
  if (depth === 16) return { width, height, bits: 16, data: new Uint16Array(png.data) };
  if (depth === 8) return { width, height, bits: 8, data: new Uint8Array(png.data) };

  if (bytes[interlaceByte] !== 0) {
    throw new DataError(
      `${file}: an interlaced PNG of ${depth} bits is not supported. Save it with 8 bits or without interlacing.`,
    );
  }
  const perByte = 8 / depth;
  const bytesPerRow = Math.ceil(width / perByte);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const packed = png.data[y * bytesPerRow + Math.floor(x / perByte)];
      data[y * width + x] = (packed >> (8 - depth * ((x % perByte) + 1))) & (2 ** depth - 1);
    }
  }
  return { width, height, bits: 8, data };
}
