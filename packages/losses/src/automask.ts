import { add, cast, less, minimum, mul, tidy, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { minimumReprojection } from './minimum-reprojection.ts';
import { stopGradient } from './stop-gradient.ts';

/** What a standard normal draw is worth beside a photometric error. */
export const TIE_BREAK_SCALE = 1e-5;

/**
 * Automask: a pixel that a source explains better without moving belongs to something that moves
 * along with the camera, or to a camera that stands still. It is left out.
 *
 * μ = [ min_t' pe(I_t, I_t'→t) < min_t' pe(I_t, I_t') + 1e-5 · noise ]   Godard et al. 2019, eq. 5
 *
 * The noise decides where both errors are the same, as they are everywhere before anything moves.
 *
 * @param reprojection error of the warped sources, `[batch, height, width]`
 * @param identityErrors for each source, unwarped, its photometric error, `[batch, height, width]`;
 *   constants
 * @param tieBreakNoise for each source standard normal draws, broadcastable to `[batch, height,
 *   width]`; without them a tie counts as standing still
 * @returns `mask` μ, 1 where the warped sources win, and the smaller `error`, which is a constant
 *   where they do not; both `[batch, height, width]`
 */
export function automask(
  reprojection: Tensor3D,
  identityErrors: Tensor3D[],
  tieBreakNoise?: Tensor[],
): { error: Tensor3D; mask: Tensor3D } {
  return tidy(() => {
    const noisy = identityErrors.map((error, source) =>
      tieBreakNoise ? add<Tensor3D>(error, mul(tieBreakNoise[source], TIE_BREAK_SCALE)) : error,
    );
    const identity = stopGradient(minimumReprojection(noisy));
    return { error: minimum(identity, reprojection), mask: cast(less<Tensor3D>(reprojection, identity), 'float32') };
  });
}
