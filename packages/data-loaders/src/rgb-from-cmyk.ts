/** `a * b / 255`, rounded, for bytes. */
const scaled = (a: number, b: number): number => {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
};

/**
 * Ink amounts, 4 bytes a pixel, as RGB: each colour is what its ink and black let through, without
 * a colour profile, as Pillow's.
 */
export function rgbFromCmyk(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
  for (let pixel = 0; pixel < cmyk.length / 4; pixel++) {
    const light = 255 - cmyk[pixel * 4 + 3];
    for (let channel = 0; channel < 3; channel++) {
      rgb[pixel * 3 + channel] = light - scaled(cmyk[pixel * 4 + channel], light);
    }
  }
  return rgb;
}
