import { constants, crc32, deflate } from 'node:zlib';
import { promisify } from 'node:util';

const deflateAsync = promisify(deflate);
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * PNG of 8-bit RGB (3 values a pixel), 8-bit grey, or 16-bit grey (`Uint16Array`). Tuned for speed:
 * left neighbour as prediction, no search for repetitions except in flat label images; compresses
 * outside the main thread.
 */
export async function encodePng({
  width,
  height,
  data,
}: {
  width: number;
  height: number;
  data: Uint8Array | Uint16Array;
}): Promise<Uint8Array> {
  const channels = data.length / (width * height);
  if (channels !== 1 && channels !== 3) {
    throw new Error(`${data.length} values are neither grey nor RGB for ${width} x ${height} pixels.`);
  }
  const wide = data instanceof Uint16Array;
  const bytesPerPixel = channels * (wide ? 2 : 1);
  const row = width * bytesPerPixel;
  const bytes = wide ? bigEndian(data) : data;
  const filtered = new Uint8Array((row + 1) * height);
  for (let v = 0; v < height; v++) {
    const from = v * row;
    const to = v * (row + 1) + 1;
    filtered[to - 1] = 1;
    for (let i = 0; i < bytesPerPixel; i++) filtered[to + i] = bytes[from + i];
    for (let i = bytesPerPixel; i < row; i++) filtered[to + i] = bytes[from + i] - bytes[from + i - bytesPerPixel];
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = wide ? 16 : 8;
  header[9] = channels === 3 ? 2 : 0;
  const pixels = await deflateAsync(filtered, { level: 1, strategy: constants.Z_RLE });
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function bigEndian(values: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  for (let i = 0; i < values.length; i++) {
    bytes[2 * i] = values[i] >>> 8;
    bytes[2 * i + 1] = values[i];
  }
  return bytes;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
