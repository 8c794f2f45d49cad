import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { camvid } from './camvid.ts';
import { temporaryFolder, write, writeGrey16, writeImage, writeLabel } from './files.test.helper.ts';
import { readDisparity } from './read-disparity.ts';
import { disparityFile } from './read-sample-disparity.ts';
import { writeDisparity } from './write-disparity.ts';

test('what is written comes back to within half a step of 16 bits', async () => {
  const file = join(temporaryFolder(), 'train/ulm/a.png');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 40 }),
      async (values) => {
        const data = Float32Array.from(values);
        await writeDisparity(file, { width: data.length, height: 1, data });
        const { data: stored, scale } = await readDisparity(file);
        const range = scale!.maximum - scale!.minimum;
        stored.forEach((value, at) => {
          expect(Math.abs(scale!.minimum + range * value - data[at])).toBeLessThanOrEqual(
            range * (0.5 / 65535 + 1e-6) + 1e-45,
          );
        });
      },
    ),
    { numRuns: 30 },
  );
});

test('stored maps reach from 0 to 1, a constant one is 0', async () => {
  const file = join(temporaryFolder(), 'a.png');
  await writeDisparity(file, { width: 3, height: 1, data: Float32Array.of(0.2, 0.3, 0.4) });
  expect(Math.max(...(await readDisparity(file)).data)).toBe(1);
  await writeDisparity(file, { width: 3, height: 1, data: Float32Array.of(0.5, 0.5, 0.5) });
  expect(await readDisparity(file)).toEqual({
    width: 3,
    height: 1,
    data: new Float32Array(3),
    scale: { minimum: 0.5, maximum: 0.5 },
  });
  expect(JSON.parse(readFileSync(file.replace('.png', '.json'), 'utf8'))).toEqual({ minimum: 0.5, maximum: 0.5 });
});

test('8-bit files of the reference are read as value / 255', async () => {
  const file = writeLabel(join(temporaryFolder(), 'a.png'), 2, [0, 51, 102, 255]);
  const { data, scale } = await readDisparity(file);
  expect(data).toEqual(Float32Array.of(0, 0.2, 0.4, 1));
  expect(scale).toBeUndefined();
});

test('nothing half-written is left behind', async () => {
  const folder = temporaryFolder();
  const bad = { width: 2, height: 1, data: Float32Array.of(0, NaN) };
  await expect(writeDisparity(join(folder, 'a.png'), bad)).rejects.toThrow(
    /a\.png: the disparity holds a value that is not finite/,
  );
  expect(readdirSync(folder)).toEqual([]);
  write(join(folder, 'file'), '');
  const good = { width: 1, height: 1, data: Float32Array.of(1) };
  await expect(writeDisparity(join(folder, 'file', 'a.png'), good)).rejects.toThrow(/cannot be written/);
  await writeDisparity(join(folder, 'b.png'), good);
  expect(readdirSync(folder).sort()).toEqual(['b.json', 'b.png', 'file']);
});

test('a missing or spoilt side-car is named', async () => {
  const folder = temporaryFolder();
  const file = writeGrey16(join(folder, 'a.png'), 2, [1, 2]);
  await expect(readDisparity(file)).rejects.toThrow(/a\.json: no such file/);
  write(join(folder, 'a.json'), '{"minimum": 0}');
  await expect(readDisparity(file)).rejects.toThrow(/a\.json: the numbers "minimum" and "maximum" are missing/);
  write(join(folder, 'a.json'), '{');
  await expect(readDisparity(file)).rejects.toThrow(/a\.json: no valid JSON/);
});

test('samples come with their disparity at the loaded size', async () => {
  const root = temporaryFolder();
  writeImage(join(root, 'train/a.png'), 4, 2);
  const folder = join(root, 'depth');
  const file = disparityFile(folder, 'train/a');
  await writeDisparity(file, { width: 2, height: 1, data: Float32Array.of(0.1, 0.6) });
  expect(existsSync(file)).toBe(true);
  const { disparity } = await camvid({ root, split: 'train' }).load(0, { width: 4, height: 2, disparity: folder });
  expect([...disparity!.data]).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
});
