import { DataError } from './data-error.ts';
import type { Size } from './read-image.ts';

/** @throws DataError if a neighbour has another size on disk than its frame */
export function checkSameSize(neighbour: string, found: Size, { image, size }: { image: string; size: Size }): void {
  if (found.width === size.width && found.height === size.height) return;
  throw new DataError(
    `${neighbour}: the neighbour is ${found.width}x${found.height}, its frame ${image} ${size.width}x${size.height}. ` +
      'All frames of a snippet need one size.',
  );
}
