import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { encode } from 'fast-png';
import fc from 'fast-check';
import { DataError } from './data-error.ts';
import { temporaryFolder, write, writeGrey16, writeLabel } from './files.test.helper.ts';
import { readPngValues } from './read-png-values.ts';

const folder = temporaryFolder();

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

test.each([
  [1, [0b10100000, 0b01000000], [1, 0, 1, 0, 1, 0]],
  [2, [0b11100100, 0b00011011], [3, 2, 1, 0, 1, 2]],
  [4, [0x1f, 0x20, 0x34, 0x50], [1, 15, 2, 3, 4, 5]],
] as const)('%i bits a pixel are unpacked row by row', async (depth, data, values) => {
  const file = write(
    join(folder, `bits${depth}.png`),
    encode({ width: 3, height: 2, channels: 1, depth, data: Uint8Array.from(data) }),
  );
  expect([...(await readPngValues(file, '')).data]).toEqual(values);
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
