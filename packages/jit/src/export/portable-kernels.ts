import type { Value } from '../graph.ts';
import { KERNELS } from '../kernels/index.ts';
import type { Kernel, KernelCall, KernelTable } from '../kernels/kernel.ts';
import { elementwiseLayout } from '../onnx/lowering.ts';
import type { Lowering } from '../onnx/lowering.ts';

type Lower<Attrs> = (call: KernelCall<Attrs>, to: Lowering) => void;

const lowered = <Attrs>(kernel: string, lower: Lower<Attrs>): Kernel<Attrs> => ({ ...KERNELS[kernel], lower });

const sameLayout = (emit: (x: string, to: Lowering) => string) => (call: KernelCall<unknown>, to: Lowering) => {
  const layout = elementwiseLayout([call.inputs.x], to);
  to.set(call.outputs[0], emit(to.get(call.inputs.x, layout), to), layout);
};

const swappedLast = (rank: number) => [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2];

function transposed(x: Value, swap: boolean, to: Lowering): string {
  return swap ? to.onnx.op('Transpose', [to.get(x)], { perm: swappedLast(x.shape.length) }) : to.get(x);
}

interface ResizeAttrs {
  alignCorners: boolean;
  halfPixelCenters: boolean;
}

/** Whether every runtime multiplies by `factor` without rounding. */
const isExact = (factor: number) => Number.isInteger(factor * 64);

/**
 * Resizing told by factors, which hold for any number of images; by sizes only where a factor is no
 * round number.
 */
const resize = (kernel: string, mode: (attrs: ResizeAttrs) => Record<string, string>) =>
  lowered<ResizeAttrs>(kernel, ({ inputs: { images }, attrs, outputs: [y] }, to) => {
    const [n, h, w, c] = y.shape;
    const factors = [h / images.shape[1], w / images.shape[2]];
    const target = factors.every(isExact)
      ? [to.onnx.floats(Float32Array.of(1, 1, ...factors), [4])]
      : ['', to.onnx.ints([n, c, h, w])];
    to.set(y, to.onnx.op('Resize', [to.get(images, 'channelsFirst'), '', ...target], mode(attrs)), 'channelsFirst');
  });

/**
 * How every kernel is written for other runtimes: in ONNX's own words where the compiled form says
 * it in a way that suits ONNX Runtime.
 */
export const portableKernels: KernelTable = {
  ...KERNELS,
  BatchMatMul: lowered<{ transposeA: boolean; transposeB: boolean }>(
    'BatchMatMul',
    ({ inputs: { a, b }, attrs, outputs: [y] }, to) =>
      to.set(y, to.onnx.op('MatMul', [transposed(a, attrs.transposeA, to), transposed(b, attrs.transposeB, to)])),
  ),
  Elu: lowered(
    'Elu',
    sameLayout((x, to) => to.onnx.op('Elu', [x])),
  ),
  Step: lowered<{ alpha?: number }>('Step', (call, to) => {
    if (call.attrs?.alpha) return KERNELS.Step.lower(call as KernelCall<never>, to);
    sameLayout((x, { onnx }) => onnx.op('Cast', [onnx.op('Greater', [x, onnx.scalar(0)])], { to: 1 }))(call, to);
  }),
  FusedBatchNorm: lowered<{ varianceEpsilon: number }>('FusedBatchNorm', (call, to) => {
    const { x, mean, variance, scale, offset } = call.inputs;
    const { onnx } = to;
    if (mean.shape.length !== 1) return KERNELS.FusedBatchNorm.lower(call as KernelCall<never>, to);
    const channels = mean.shape[0];
    const filled = (value: number) => onnx.floats(new Float32Array(channels).fill(value), [channels]);
    const inputs = [
      to.get(x, 'channelsFirst'),
      scale ? to.get(scale) : filled(1),
      offset ? to.get(offset) : filled(0),
      to.get(mean),
      to.get(variance),
    ];
    const options = { epsilon: { float: call.attrs.varianceEpsilon } };
    to.set(call.outputs[0], onnx.op('BatchNormalization', inputs, options), 'channelsFirst');
  }),
  ResizeBilinear: resize('ResizeBilinear', ({ alignCorners, halfPixelCenters }) => ({
    mode: 'linear',
    coordinate_transformation_mode: alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric',
  })),
  ResizeNearestNeighbor: resize('ResizeNearestNeighbor', ({ alignCorners }) =>
    alignCorners
      ? { mode: 'nearest', coordinate_transformation_mode: 'align_corners', nearest_mode: 'round_prefer_ceil' }
      : { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
  ),
};
