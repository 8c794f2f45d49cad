import { engine, image, tensor2d, type Tensor4D } from '@tensorflow/tfjs-core';
import { applySeparably } from './apply-separably.ts';
import { hasRightGradients } from './has-right-gradients.ts';
import { withGradient } from './with-gradient.ts';

/** `[outputs, inputs]`: the share each input has in each output. */
function interpolation(inputs: number, outputs: number, alignCorners: boolean) {
  const matrix = new Float32Array(outputs * inputs);
  const scale = alignCorners ? (inputs - 1) / Math.max(1, outputs - 1) : inputs / outputs;
  for (let row = 0; row < outputs; row++) {
    const position = alignCorners ? row * scale : Math.max(0, (row + 0.5) * scale - 0.5);
    const below = Math.min(inputs - 1, Math.floor(position));
    matrix[row * inputs + below] += 1 - (position - below);
    matrix[row * inputs + Math.min(inputs - 1, below + 1)] += position - below;
  }
  return tensor2d(matrix, [outputs, inputs]);
}

/**
 * Bilinear resize as PyTorch's `interpolate`, without antialiasing.
 *
 * @param x `[batch, height, width, channels]`
 * @param size `[height, width]` of the result
 * @param opts `alignCorners`: the corner pixels' centres stay where they are; otherwise (default)
 *   the image's edges do, with pixels of half-integer centres
 * @returns `[batch, ...size, channels]`
 */
export function resizeBilinear(
  x: Tensor4D,
  size: [height: number, width: number],
  { alignCorners = false }: { alignCorners?: boolean } = {},
): Tensor4D {
  const [, h, w] = x.shape;
  const mode = { alignCorners, halfPixelCenters: !alignCorners };
  return withGradient(
    [x],
    [x],
    () => image.resizeBilinear(x, size, alignCorners, !alignCorners),
    (dy, [images]) =>
      hasRightGradients()
        ? engine().runKernel('ResizeBilinearGrad', { images, dy }, mode)
        : applySeparably(dy, interpolation(h, size[0], alignCorners), interpolation(w, size[1], alignCorners)),
  );
}
