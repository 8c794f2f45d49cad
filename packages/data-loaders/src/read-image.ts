import sharp, { type Sharp } from 'sharp';
import { isPng, pngChunks } from './png-chunks.ts';
import { readBytes } from './read-bytes.ts';
import { rgbFromCmyk } from './rgb-from-cmyk.ts';
import type { ImageU8 } from './sample.ts';
import { emptyFile, undecodable } from './undecodable.ts';

export interface Size {
  width: number;
  height: number;
}

export interface ReadImageOptions {
  /**
   * Resized to this with the Lanczos kernel, whatever the aspect. Default: the size that the image
   * has.
   */
  size?: Size;
  /** Said when the file does not exist. */
  advice?: string;
}

/**
 * Reads a PNG or JPEG (told by its content, not by its name) as 8-bit RGB, the way for training and
 * for prediction alike.
 *
 * - It is turned upright as its EXIF orientation says, like Pillow's `exif_transpose`.
 * - Embedded colour profiles are ignored, like Pillow and OpenCV do: a network sees the numbers in
 * the file, and the same picture gives the same numbers whether a program has kept its profile or
 * not.
 * - Alpha is dropped, not blended: transparent pixels keep the colour that is stored for them.
 * - Grey is repeated, palettes are looked up, of 16 bits the upper 8 count, CMYK is converted
 * without a profile like Pillow's.
 *
 * @returns the image, and the size it has on disk once it is upright
 * @throws DataError naming the file
 */
export async function readImage(
  file: string,
  { size, advice = 'Check the path.' }: ReadImageOptions = {},
): Promise<{ image: ImageU8; stored: Size }> {
  const bytes = await readBytes(file, advice);
  if (bytes.length === 0) throw emptyFile(file);
  if (isPng(bytes)) pngChunks(bytes, file);
  try {
    const upright = sharp(bytes, { ignoreIcc: true }).autoOrient();
    const { autoOrient: stored, hasAlpha, space } = await upright.metadata();
    const { width, height } = size ?? stored;
    const toSize = (picture: Sharp) =>
      width === stored.width && height === stored.height
        ? picture
        : picture.resize(width, height, { fit: 'fill', kernel: 'lanczos3' });
    const ofPixels = (pixels: Uint8Array) => sharp(pixels, { raw: { ...stored, channels: 3 } });

    let picture = upright;
    if (space === 'cmyk') {
      const inks = await upright.pipelineColourspace('cmyk').toColourspace('cmyk').raw().toBuffer();
      picture = ofPixels(rgbFromCmyk(inks));
    } else if (hasAlpha) {
      // Resizing multiplies colours by alpha before and divides after, which turns transparent
      // pixels black.
      picture = ofPixels(await upright.toColourspace('srgb').removeAlpha().raw().toBuffer());
    }
    const data = await toSize(picture).toColourspace('srgb').removeAlpha().raw().toBuffer();
    return {
      image: { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) },
      stored: { width: stored.width, height: stored.height },
    };
  } catch (error) {
    throw undecodable(file, error);
  }
}
