import { promisify } from 'node:util';
import { crc32, inflate } from 'node:zlib';
import { DataError } from './data-error.ts';
import { type PngChunk, pngChunks } from './png-chunks.ts';
import { readBytes } from './read-bytes.ts';
import { unfilterPng } from './unfilter-png.ts';

export interface PngValues {
  width: number;
  height: number;
  bits: 8 | 16;
  /** One value per pixel; of a palette PNG the index, not the colour. */
  data: Uint8Array | Uint16Array;
}

interface Header {
  width: number;
  height: number;
  depth: number;
  kind: number;
  interlaced: boolean;
}

const inflated = promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(inflate);
/** Bytes behind the last pixel, which some programs write and every decoder passes over. */
const tolerated = 65536;
const [grey, palette] = [0, 3];
const channelsOf = new Map([
  [2, 3],
  [4, 2],
  [6, 4],
]);
const depthsOf = new Map([
  [grey, [1, 2, 4, 8, 16]],
  [palette, [1, 2, 4, 8]],
]);
const wholeImage = [{ x: 0, y: 0, stepX: 1, stepY: 1 }];
/** PNG specification, section 8.1. */
const adam7 = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];

const damaged = (file: string, reason: string) =>
  new DataError(`${file}: the PNG is damaged (${reason}). Fetch it again.`);

const readHeader = ([{ type, data }]: readonly PngChunk[], file: string): Header => {
  if (type !== 'IHDR' || data.length !== 13) throw damaged(file, 'no header');
  const view = new DataView(data.buffer, data.byteOffset);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, kind, , , interlacing] = data.subarray(8);
  const channels = channelsOf.get(kind);
  if (channels !== undefined) {
    throw new DataError(
      `${file}: the PNG has ${channels} channels, but one number per pixel is needed (grey or palette PNG).`,
    );
  }
  if (width === 0 || height === 0 || !depthsOf.get(kind)?.includes(depth) || interlacing > 1) {
    throw damaged(file, 'bad header');
  }
  return { width, height, depth, kind, interlaced: interlacing === 1 };
};

/**
 * The parts that an image is stored in, one after the other: all of it, or Adam7's seven, as far as
 * they hold pixels.
 */
const passesOf = ({ width, height, depth, interlaced }: Header) =>
  (interlaced ? adam7 : wholeImage)
    .map((pass) => ({
      ...pass,
      columns: Math.ceil((width - pass.x) / pass.stepX),
      rows: Math.ceil((height - pass.y) / pass.stepY),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0)
    .map((pass) => ({ ...pass, lineBytes: Math.ceil((pass.columns * depth) / 8) }));

/** How the value of a column is read from a line that begins at byte `start`. */
const valueReader = ({ depth, kind }: Header): ((bytes: Uint8Array, start: number, column: number) => number) => {
  if (depth === 8) return (bytes, start, column) => bytes[start + column];
  if (depth === 16) return (bytes, start, column) => (bytes[start + 2 * column] << 8) | bytes[start + 2 * column + 1];
  const largest = 2 ** depth - 1;
  const factor = kind === grey && depth > 1 ? 255 / largest : 1;
  return (bytes, start, column) => {
    const bit = column * depth;
    return ((bytes[start + (bit >> 3)] >> (8 - depth - (bit & 7))) & largest) * factor;
  };
};

/**
 * Reads a PNG that holds numbers rather than a picture: grey or palette, 1 to 16 bits, interlaced
 * or not. The values are those that Pillow gives: grey of 2 and 4 bits is stretched to 0..255, as
 * PNG defines it (programs that make PNGs smaller store 8-bit masks so); 1 bit stays 0 and 1;
 * palette indices stay as they are.
 *
 * @throws DataError naming the file
 */
export async function readPngValues(file: string, advice: string): Promise<PngValues> {
  const chunks = pngChunks(await readBytes(file, advice), file);
  const spoilt = chunks.find(({ checked, checksum }) => crc32(checked) !== checksum);
  if (spoilt) throw damaged(file, `wrong checksum of its part ${JSON.stringify(spoilt.type)}`);
  const header = readHeader(chunks, file);
  const passes = passesOf(header);

  const needed = passes.reduce((sum, { rows, lineBytes }) => sum + rows * (1 + lineBytes), 0);
  const compressed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  const lines = await inflated(compressed, { maxOutputLength: needed + tolerated }).catch((error: Error) => {
    throw damaged(file, error.message);
  });
  if (lines.length < needed) throw damaged(file, `${lines.length} bytes of pixels instead of ${needed}`);

  const { width, height, depth } = header;
  const data = depth === 16 ? new Uint16Array(width * height) : new Uint8Array(width * height);
  const valueAt = valueReader(header);
  let offset = 0;
  for (const { x, y, stepX, stepY, columns, rows, lineBytes } of passes) {
    const pass = lines.subarray(offset, offset + rows * (1 + lineBytes));
    offset += pass.length;
    const filters = { lineBytes, count: rows, bytesPerPixel: Math.max(1, depth / 8) };
    if (!unfilterPng(pass, filters)) throw damaged(file, 'unknown filter');
    for (let row = 0; row < rows; row++) {
      const start = row * (1 + lineBytes) + 1;
      const target = (y + row * stepY) * width + x;
      if (depth === 8 && stepX === 1) {
        data.set(pass.subarray(start, start + columns), target);
        continue;
      }
      for (let column = 0; column < columns; column++) data[target + column * stepX] = valueAt(pass, start, column);
    }
  }
  return { width, height, bits: depth === 16 ? 16 : 8, data };
}
