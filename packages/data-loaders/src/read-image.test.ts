import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { decode, encode } from 'fast-png';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { DataError } from './data-error.ts';
import { temporaryFolder, write } from './files.test.helper.ts';
import { readImage } from './read-image.ts';
import { readImageSize } from './read-image-size.ts';

const folder = temporaryFolder();
const [width, height] = [7, 5];
const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 7919) % 251);
const picture = () => sharp(pixels, { raw: { width, height, channels: 3 } });
const store = async (name: string, image: Sharp) => write(join(folder, name), await image.toBuffer());

/**
 * Where the pixel at a place of the upright image lies in the stored one, by EXIF orientation (EXIF
 * 2.3, tag 0x0112).
 */
const storedPlace: Record<number, (x: number, y: number) => [x: number, y: number]> = {
  1: (x, y) => [x, y],
  2: (x, y) => [width - 1 - x, y],
  3: (x, y) => [width - 1 - x, height - 1 - y],
  4: (x, y) => [x, height - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y) => [y, height - 1 - x],
  7: (x, y) => [width - 1 - y, height - 1 - x],
  8: (x, y) => [width - 1 - y, x],
};

test.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i: upright, like Pillow exif_transpose', async (orientation) => {
  const file = await store(`orientation${orientation}.png`, picture().withMetadata({ orientation }).png());
  const upright = orientation < 5 ? { width, height } : { width: height, height: width };
  const { image, stored } = await readImage(file);
  expect(stored).toEqual(upright);
  expect(await readImageSize(file)).toEqual(upright);
  expect(image).toMatchObject(upright);
  for (let y = 0; y < upright.height; y++) {
    for (let x = 0; x < upright.width; x++) {
      const [storedX, storedY] = storedPlace[orientation](x, y);
      const at = (storedY * width + storedX) * 3;
      const here = (y * upright.width + x) * 3;
      expect([...image.data.subarray(here, here + 3)]).toEqual([...pixels.subarray(at, at + 3)]);
    }
  }
});

test('a turned photograph is resized upright', async () => {
  const half = Uint8Array.from({ length: 64 * 96 * 3 }, (_, at) => {
    const bottom = at >= 32 * 96 * 3;
    return at % 3 === (bottom ? 0 : 2) ? 255 : 0;
  });
  const jpeg = sharp(half, { raw: { width: 96, height: 64, channels: 3 } }).withMetadata({ orientation: 6 });
  const file = await store('turned.jpg', jpeg.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }));
  const { image } = await readImage(file, { size: { width: 8, height: 8 } });
  const left = [...image.data.subarray(0, 3)];
  const right = [...image.data.subarray(21, 24)];
  expect(left[0]).toBeGreaterThan(240);
  expect(right[2]).toBeGreaterThan(240);
});

test('transparent pixels keep their colour, at their own size and resized', async () => {
  const data = Uint8Array.from({ length: 128 * 128 * 4 }, (_, at) => [200, 60, 40, 0][at % 4]);
  const file = write(join(folder, 'transparent.png'), encode({ width: 128, height: 128, channels: 4, data }));
  for (const side of [128, 64, 33, 200]) {
    const { image } = await readImage(file, { size: { width: side, height: side } });
    const expected = Uint8Array.from({ length: side * side * 3 }, (_, at) => [200, 60, 40][at % 3]);
    expect(Buffer.compare(image.data, expected)).toBe(0);
  }
});

test('an image with alpha is resized as the same image without', async () => {
  const withAlpha = Uint8Array.from({ length: width * height * 4 }, (_, at) =>
    at % 4 === 3 ? (at * 37) % 256 : pixels[Math.floor(at / 4) * 3 + (at % 4)],
  );
  const file = write(join(folder, 'alpha.png'), encode({ width, height, channels: 4, data: withAlpha }));
  const opaque = write(join(folder, 'opaque.png'), encode({ width, height, channels: 3, data: pixels }));
  for (const size of [undefined, { width: 3, height: 4 }, { width: 20, height: 9 }]) {
    expect((await readImage(file, { size })).image).toEqual((await readImage(opaque, { size })).image);
  }
});

test('an embedded colour profile is ignored', async () => {
  const file = await store('profile.png', picture().withIccProfile('p3').png());
  const inFile = decode(await sharp(file).toBuffer()).data;
  expect((await sharp(file).metadata()).hasProfile).toBe(true);
  expect(inFile).not.toEqual(pixels);
  const { image } = await readImage(file);
  const plain = await sharp(file, { ignoreIcc: true }).raw().toBuffer();
  expect(Buffer.compare(image.data, plain)).toBe(0);
});

// Golden values: numpy.array(PIL.Image.open(file).convert('RGB')), but for grey of 16 bits, which
// Pillow cuts off at 255.
test('grey, grey with alpha, palette and 16 bits', async () => {
  const read = async (name: string, bytes: Uint8Array) => [
    ...(await readImage(write(join(folder, name), bytes))).image.data,
  ];
  const size = { width: 2, height: 1 };
  expect(await read('g.png', encode({ ...size, channels: 1, data: Uint8Array.of(3, 200) }))).toEqual([
    3, 3, 3, 200, 200, 200,
  ]);
  expect(await read('la.png', encode({ ...size, channels: 2, data: Uint8Array.of(3, 0, 200, 9) }))).toEqual([
    3, 3, 3, 200, 200, 200,
  ]);
  const colours = [
    [1, 2, 3],
    [250, 0, 9],
  ];
  expect(await read('p.png', encode({ ...size, channels: 1, data: Uint8Array.of(1, 0), palette: colours }))).toEqual([
    250, 0, 9, 1, 2, 3,
  ]);
  const deep = Uint16Array.of(0x12ff, 0xff00, 0x80ff, 0, 255, 256);
  expect(await read('rgb16.png', encode({ ...size, channels: 3, depth: 16, data: deep }))).toEqual([
    0x12, 0xff, 0x80, 0, 0, 1,
  ]);
  expect(await read('g16.png', encode({ ...size, channels: 1, depth: 16, data: deep.subarray(0, 2) }))).toEqual([
    0x12, 0x12, 0x12, 0xff, 0xff, 0xff,
  ]);
});

test('CMYK is what its inks let through, without a profile', async () => {
  const jpeg = picture()
    .resize(16, 16, { fit: 'fill' })
    .toColourspace('cmyk')
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' });
  const file = await store('cmyk.jpg', jpeg);
  const inks = await sharp(file, { ignoreIcc: true })
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw()
    .toBuffer();
  const { image } = await readImage(file);
  expect(image).toMatchObject({ width: 16, height: 16 });
  image.data.forEach((value, at) => {
    const [ink, black] = [inks[Math.floor(at / 3) * 4 + (at % 3)], inks[Math.floor(at / 3) * 4 + 3]];
    expect(Math.abs(value - ((255 - ink) * (255 - black)) / 255)).toBeLessThanOrEqual(1);
  });
});

test('the content counts, not the name', async () => {
  const jpeg = await store('jpeg.png', picture().jpeg());
  const png = await store('png.jpg', picture().png());
  expect((await readImage(jpeg)).stored).toEqual({ width, height });
  expect(await readImageSize(jpeg)).toEqual({ width, height });
  expect([...(await readImage(png)).image.data]).toEqual([...pixels]);
  for (const read of [readImage, readImageSize] as ((file: string) => Promise<unknown>)[]) {
    await expect(read(write(join(folder, 'text.png'), 'version https://git-lfs'))).rejects.toThrow(
      /text\.png: not a PNG or JPEG file, whatever its name says\./,
    );
    await expect(read(write(join(folder, 'empty.jpg'), ''))).rejects.toThrow(/empty\.jpg: the file is empty\./);
    await expect(read(join(folder, 'none.jpg'))).rejects.toThrow(/none\.jpg: no such file\. Check the path\./);
    await expect(read(folder)).rejects.toThrow(/cannot be read \(EISDIR\)/);
  }
});

test.each(['png', 'jpeg'] as const)(
  'wherever a %s is cut off, reading and looking at its header both say so',
  async (format) => {
    const whole = await picture().resize(12, 9).toFormat(format).toBuffer();
    for (let length = 0; length < whole.length; length++) {
      const file = write(join(folder, `cut.${format}`), whole.subarray(0, length));
      for (const reading of [readImage(file), readImageSize(file)]) {
        await expect(reading).rejects.toBeInstanceOf(DataError);
        await expect(reading).rejects.toThrow(/cut\.\w+: [^\n]*$/);
      }
    }
  },
);

test.each(['png', 'jpeg'] as const)('bytes behind the end of a %s do no harm', async (format) => {
  const whole = await picture().toFormat(format).toBuffer();
  const file = write(join(folder, `longer.${format}`), Buffer.concat([whole, Buffer.alloc(40, 1)]));
  expect(await readImageSize(file)).toEqual({ width, height });
  expect((await readImage(file)).stored).toEqual({ width, height });
});

test.each(['png', 'jpeg'] as const)(
  'a changed byte of a %s gives an image or an error that names the file',
  async (format) => {
    const whole = await picture().resize(40, 30).toFormat(format).toBuffer();
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const spoilt = Uint8Array.from(whole);
        spoilt[at] ^= change;
        const file = write(join(folder, `spoilt.${format}`), spoilt);
        for (const reading of [readImage(file, { size: { width: 8, height: 8 } }), readImageSize(file)]) {
          const error = await reading.then(
            () => undefined,
            (reason: unknown) => reason,
          );
          if (error !== undefined) {
            expect(error).toBeInstanceOf(DataError);
            expect((error as DataError).message).toContain(file);
          }
        }
      }),
      { numRuns: 150 },
    );
  },
);
