import type { Kernel } from '../kernels/kernel.ts';

/** What `withScaleShifts` makes, as a normalisation by mean 0 and variance 1. */
export const scaleShift: Pick<Kernel, 'lower'> = {
  lower({ inputs: { x, scale, shift }, outputs: [y] }, to) {
    const { onnx } = to;
    const [channels] = scale.shape;
    const mean = onnx.floats(new Float32Array(channels), [channels]);
    const variance = onnx.floats(new Float32Array(channels).fill(1), [channels]);
    const operands = [to.get(x, 'channelsFirst'), to.get(scale), to.get(shift), mean, variance];
    to.set(y, onnx.op('BatchNormalization', operands, { epsilon: { float: 0 } }), 'channelsFirst');
  },
};
