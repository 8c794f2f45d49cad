import type { ImageU8 } from '@segsde/data-loaders';
import { colorMap } from './color-map.ts';

/** A disparity map as a picture, its own minimum darkest and its own maximum brightest. */
export function disparityPicture(disparity: { width: number; height: number; data: ArrayLike<number> }): ImageU8 {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < disparity.data.length; i++) {
    min = Math.min(min, disparity.data[i]);
    max = Math.max(max, disparity.data[i]);
  }
  const range = max > min ? max - min : 1;
  const data = new Uint8Array(disparity.data.length * 3);
  for (let i = 0; i < disparity.data.length; i++) data.set(colorMap((disparity.data[i] - min) / range), i * 3);
  return { width: disparity.width, height: disparity.height, data };
}

/** A map of class indices in the classes' colours; ignored pixels are black. */
export function labelPicture(
  label: { width: number; height: number; data: ArrayLike<number> },
  classes: readonly { color: readonly [number, number, number] }[],
): ImageU8 {
  const data = new Uint8Array(label.data.length * 3);
  for (let i = 0; i < label.data.length; i++) {
    const entry = classes[label.data[i]];
    if (entry) data.set(entry.color, i * 3);
  }
  return { width: label.width, height: label.height, data };
}

/** Pictures of one size side by side in a grid, with a white line between them. */
export function panel(rows: readonly (readonly ImageU8[])[], { gap = 2 } = {}): ImageU8 {
  const cell = rows[0][0];
  const columns = Math.max(...rows.map((row) => row.length));
  const width = columns * (cell.width + gap) - gap;
  const height = rows.length * (cell.height + gap) - gap;
  const data = new Uint8Array(width * height * 3).fill(255);
  rows.forEach((row, rowIndex) =>
    row.forEach((picture, column) => {
      const left = column * (cell.width + gap);
      const top = rowIndex * (cell.height + gap);
      for (let y = 0; y < picture.height; y++) {
        const line = picture.data.subarray(y * picture.width * 3, (y + 1) * picture.width * 3);
        data.set(line, ((top + y) * width + left) * 3);
      }
    }),
  );
  return { width, height, data };
}
