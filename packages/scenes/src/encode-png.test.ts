import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decode } from 'fast-png';
import { encodePng } from './encode-png.ts';

const picture = (channels: 1 | 3) =>
  fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 12 }))
    .chain(([width, height]) =>
      fc
        .uint8Array({ minLength: width * height * channels, maxLength: width * height * channels })
        .map((data) => ({ width, height, data })),
    );

test('what is encoded is what is decoded, grey and RGB', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(picture(1), picture(3)), async ({ width, height, data }) => {
      const decoded = decode(await encodePng({ width, height, data }));
      expect(decoded).toMatchObject({ width, height, depth: 8, channels: data.length / (width * height) });
      expect([...decoded.data]).toEqual([...data]);
    }),
    { numRuns: 40 },
  );
});

test('16-bit values survive', async () => {
  const data = Uint16Array.from({ length: 60 }, (_, i) => (i * 4001) % 65536);
  const decoded = decode(await encodePng({ width: 10, height: 6, data }));
  expect(decoded.depth).toBe(16);
  expect([...decoded.data]).toEqual([...data]);
});

test('data of another size is refused', async () => {
  await expect(encodePng({ width: 4, height: 4, data: new Uint8Array(17) })).rejects.toThrow(/17 values/);
});
