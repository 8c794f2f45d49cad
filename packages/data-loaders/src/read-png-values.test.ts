import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { encode } from 'fast-png';
import fc from 'fast-check';
import sharp from 'sharp';
import { crc32 } from 'node:zlib';
import { DataError } from './data-error.ts';
import { temporaryFolder, write, writeGrey16, writeLabel } from './files.test.helper.ts';
import { readPngValues } from './read-png-values.ts';

const folder = temporaryFolder();

/** A grey PNG turned into one with a palette of 256 colours, its pixels as they are. */
const asPalette = (grey: Uint8Array): Uint8Array => {
  const chunk = (type: string, data: Uint8Array) => {
    const bytes = Buffer.alloc(12 + data.length);
    bytes.writeUInt32BE(data.length, 0);
    bytes.write(type, 4, 'latin1');
    bytes.set(data, 8);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
    return bytes;
  };
  const header = grey.slice(16, 29);
  header[9] = 3;
  const colours = Uint8Array.from({ length: 3 * 2 ** header[8] }, (_, at) => at);
  return Buffer.concat([grey.subarray(0, 8), chunk('IHDR', header), chunk('PLTE', colours), grey.subarray(33)]);
};

test('a palette PNG gives its indices, not its colours', async () => {
  const palette = [
    [255, 0, 0],
    [0, 255, 0],
    [9, 9, 9],
  ];
  const file = write(
    join(folder, 'palette.png'),
    encode({ width: 2, height: 2, channels: 1, data: Uint8Array.of(2, 0, 1, 2), palette }),
  );
  expect([...(await readPngValues(file, '')).data]).toEqual([2, 0, 1, 2]);
});

const packed = [
  [1, [0b10100000, 0b01000000], [1, 0, 1, 0, 1, 0]],
  [2, [0b11100100, 0b00011011], [3, 2, 1, 0, 1, 2]],
  [4, [0x1f, 0x20, 0x34, 0x50], [1, 15, 2, 3, 4, 5]],
] as const;

test.each(packed)(
  '%i bits a pixel are unpacked row by row: palette indices as they are',
  async (depth, data, values) => {
    const grey = encode({ width: 3, height: 2, channels: 1, depth, data: Uint8Array.from(data) });
    const file = write(join(folder, `palette${depth}.png`), asPalette(grey));
    expect([...(await readPngValues(file, '')).data]).toEqual(values);
  },
);

// What numpy.array(PIL.Image.open(file)) gives; True and False for 1 bit.
test.each([
  [1, packed[0][1], [1, 0, 1, 0, 1, 0]],
  [2, packed[1][1], [255, 170, 85, 0, 85, 170]],
  [4, packed[2][1], [17, 255, 34, 51, 68, 85]],
] as const)('grey of %i bits is what Pillow makes of it', async (depth, data, values) => {
  const file = write(
    join(folder, `grey${depth}.png`),
    encode({ width: 3, height: 2, channels: 1, depth, data: Uint8Array.from(data) }),
  );
  expect([...(await readPngValues(file, '')).data]).toEqual(values);
});

test.each([
  [1, 2],
  [2, 4],
  [4, 16],
  [8, 200],
] as const)('interlaced palettes of %i bits, of any size', async (bits, colours) => {
  for (const [width, height] of [
    [1, 1],
    [3, 2],
    [5, 9],
    [17, 13],
    [64, 33],
  ]) {
    const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => ((at * 7919) % 251) ^ (at >> 3));
    const picture = sharp(data, { raw: { width, height, channels: 3 } });
    const read = async (progressive: boolean) => {
      const bytes = await picture.clone().png({ palette: true, colours, progressive }).toBuffer();
      return { bytes, values: await readPngValues(write(join(folder, 'interlaced.png'), bytes), '') };
    };
    const [plain, interlaced] = [await read(false), await read(true)];
    expect([...interlaced.bytes.subarray(24, 29)]).toEqual([bits, 3, 0, 0, 1]);
    expect(interlaced.values).toEqual(plain.values);
  }
});

test('interlaced grey of 8 and 16 bits', async () => {
  const data = Uint16Array.from({ length: 19 * 11 }, (_, at) => (at * 7919) % 65536);
  const bytes = await sharp(data, { raw: { width: 19, height: 11, channels: 1 } })
    .toColourspace('grey16')
    .png({ progressive: true })
    .toBuffer();
  expect((await readPngValues(write(join(folder, 'interlaced16.png'), bytes), '')).data).toEqual(data);
  const low = data.map((value) => value & 255);
  const bytes8 = await sharp(Uint8Array.from(low), { raw: { width: 19, height: 11, channels: 1 } })
    .toColourspace('b-w')
    .png({ progressive: true, adaptiveFiltering: true })
    .toBuffer();
  expect([...(await readPngValues(write(join(folder, 'interlaced8.png'), bytes8), '')).data]).toEqual([...low]);
});

test('all filters of lines', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      async (width, height, adaptiveFiltering, step) => {
        const data = Uint8Array.from({ length: width * height }, (_, at) => at * step + ((at * at) >> 4));
        const bytes = await sharp(data, { raw: { width, height, channels: 1 } })
          .toColourspace('b-w')
          .png({ adaptiveFiltering })
          .toBuffer();
        expect((await readPngValues(write(join(folder, 'filters.png'), bytes), '')).data).toEqual(data);
      },
    ),
    { numRuns: 40 },
  );
});

test('16 bits stay 16 bits', async () => {
  const file = writeGrey16(join(folder, 'grey16.png'), 2, [0, 1, 256, 65535]);
  expect(await readPngValues(file, '')).toMatchObject({ bits: 16, data: Uint16Array.of(0, 1, 256, 65535) });
});

test('wherever a file is cut off, and whichever byte of its pixels is wrong, the error names the file', async () => {
  const values = Array.from({ length: 256 }, (_, at) => (at * 37) % 19);
  const whole = readFileSync(writeLabel(join(folder, 'whole.png'), 16, values));
  const expectRefused = async (bytes: Uint8Array) => {
    const reading = readPngValues(write(join(folder, 'broken.png'), bytes), '');
    await expect(reading).rejects.toBeInstanceOf(DataError);
    await expect(reading).rejects.toThrow('broken.png: ');
  };
  await fc.assert(fc.asyncProperty(fc.nat(whole.length - 1), (length) => expectRefused(whole.subarray(0, length))));
  const pixels = whole.indexOf('IDAT') + 4;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: pixels, max: whole.length - 13 }),
      fc.integer({ min: 1, max: 255 }),
      (at, change) => {
        const spoilt = Uint8Array.from(whole);
        spoilt[at] ^= change;
        return expectRefused(spoilt);
      },
    ),
  );
});
