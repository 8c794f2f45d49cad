import type { ImageU8 } from '@segsde/data-loaders';
import sharp from 'sharp';
import { writeAtomically } from '../files/write-atomically.ts';

/** Writes a picture as PNG, enlarged by a whole `factor`. */
export async function writePicture(file: string, { width, height, data }: ImageU8, factor = 1): Promise<void> {
  const png = sharp(data, { raw: { width, height, channels: 3 } })
    .resize(width * factor, height * factor, { kernel: 'nearest' })
    .png();
  await writeAtomically(file, async (temporary) => void (await png.toFile(temporary)));
}
