import { tidy, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { gridSample, projectPixels } from '@segsde/ops';

/**
 * A source image as the target camera would see it: each pixel of the target looks up the colour
 * where its point lies in the source.
 *
 *   I_t'→t = I_t' ⟨ proj(D_t, T_t→t', K) ⟩          Godard et al. 2019, eq. 1
 *
 * @param source `[batch, height, width, channels]`
 * @param depth `[batch, height, width]` of the target's pixels
 * @param camera `intrinsics` and `inverseIntrinsics` `[batch, 3, 3]`; `pose` `[batch, 4, 4]`, from
 *   target camera to source camera
 * @returns `[batch, height, width, channels]`; what lies outside of the source repeats its border
 */
export function inverseWarp(
  source: Tensor4D,
  depth: Tensor3D,
  camera: { intrinsics: Tensor3D; inverseIntrinsics: Tensor3D; pose: Tensor3D },
): Tensor4D {
  return tidy(() => {
    const { x, y } = projectPixels(depth, camera);
    return gridSample(source, x, y);
  });
}
