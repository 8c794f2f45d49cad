/**
 * A lens spreads every point over its neighbours: 1-2-1 along both axes, edges repeated. Without it a picture holds detail that bilinear sampling cannot
 * carry, and no warp reproduces it.
 *
 * @param light `[height, width, 3]`, changed in place
 */
export function soften(light: Float32Array, { width, height }: { width: number; height: number }): void {
  const blur = (count: number, step: number, start: (line: number) => number, lines: number) => {
    for (let line = 0; line < lines; line++) {
      let at = start(line);
      let before = light[at];
      for (let i = 0; i < count; i++, at += step) {
        const here = light[at];
        const after = i + 1 < count ? light[at + step] : here;
        light[at] = (before + 2 * here + after) / 4;
        before = here;
      }
    }
  };
  blur(width, 3, (line) => Math.floor(line / 3) * width * 3 + (line % 3), height * 3);
  blur(height, width * 3, (line) => line, width * 3);
}
