import { minimum, tidy, type Tensor3D } from '@tensorflow/tfjs-core';

/**
 * Minimum reprojection: a pixel that is hidden in one source is judged by the other, so the best
 * source counts, pixel by pixel.
 *
 *   L_p = min_t' pe(I_t, I_t'→t)          Godard et al. 2019, eq. 4
 *
 * @param errors one `[batch, height, width]` for each source; at a tie the gradient goes to the
 *   first
 * @returns `[batch, height, width]`
 */
export function minimumReprojection(errors: Tensor3D[]): Tensor3D {
  return tidy(() => errors.reduce((best, error) => minimum(best, error)));
}
