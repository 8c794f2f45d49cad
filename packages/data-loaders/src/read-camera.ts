import { DataError } from './data-error.ts';
import { readBytes } from './read-bytes.ts';
import type { Intrinsics } from './sample.ts';

const fields = ['fx', 'fy', 'u0', 'v0'] as const;

/**
 * Reads the intrinsics of a Cityscapes camera file: `{"intrinsic": {"fx", "fy", "u0", "v0"}}` in
 * pixels.
 *
 * @throws DataError naming the file and the field
 */
export async function readCamera(file: string): Promise<Intrinsics> {
  const wayOut = 'Add it or give the option "intrinsics".';
  const bytes = await readBytes(file, `Depth training needs it. ${wayOut}`);
  let camera: { intrinsic?: Partial<Record<string, unknown>> } | null;
  try {
    camera = JSON.parse(new TextDecoder().decode(bytes)) as typeof camera;
  } catch (error) {
    throw new DataError(`Camera file ${file}: no valid JSON (${(error as Error).message}).`);
  }
  const read = (field: (typeof fields)[number]) => {
    const value = camera?.intrinsic?.[field];
    if (value === undefined) {
      throw new DataError(
        `Camera file ${file}: field intrinsic.${field} is missing; depth training needs it. ${wayOut}`,
      );
    }
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
      throw new DataError(
        `Camera file ${file}: intrinsic.${field} must be a positive number of pixels, not ${JSON.stringify(value)}.`,
      );
    }
    return value;
  };
  const [fx, fy, u0, v0] = fields.map(read);
  return { fx, fy, u0, v0 };
}
