import { add, serialization, type Tensor4D, type Variable } from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { conv2d } from '@segsde/ops';
import { seededValues } from '../seeded-values.ts';
import { GivenValues } from './given-values.ts';

export interface ConvolutionOptions {
  /** Prefix of the variables' names: `<name>.weight`, `<name>.bias`. */
  name: string;
  inputChannels: number;
  filters: number;
  kernelSize: number;
  strides: number;
  /** Zeros on each side. */
  padding: number;
  dilation: number;
  bias: boolean;
  /**
   * `kaimingNormal`: fan-out, for ReLU. `uniform`: U(±1/√fan-in), weights and bias; PyTorch's
   * default.
   */
  initialization: 'kaimingNormal' | 'uniform';
  seed: number;
  /** Stands for the name when the initial values are drawn. */
  seedKey: string;
}

/** 2-D convolution as in PyTorch: symmetric zero padding, dilation, optional bias; HWIO filter. */
export class Convolution extends layers.Layer {
  static readonly className = 'SegsdeConvolution';
  readonly weight: Variable;
  readonly bias: Variable | undefined;
  readonly #options: ConvolutionOptions;

  constructor(options: ConvolutionOptions) {
    super({ name: options.name });
    this.#options = options;
    const { name, inputChannels, filters, kernelSize, seed, seedKey } = options;
    const fanIn = inputChannels * kernelSize ** 2;
    const uniform = { uniform: 1 / Math.sqrt(fanIn) };
    const initialization =
      options.initialization === 'uniform' ? uniform : { normal: Math.sqrt(2 / (filters * kernelSize ** 2)) };
    const parameter = (suffix: string, shape: number[], values: Float32Array) =>
      this.addWeight(`${name}.${suffix}`, shape, 'float32', new GivenValues(values)).read() as Variable;
    this.weight = parameter(
      'weight',
      [kernelSize, kernelSize, inputChannels, filters],
      seededValues(fanIn * filters, { seed, key: `${seedKey}.weight`, initialization }),
    );
    if (options.bias) {
      const values = seededValues(filters, { seed, key: `${seedKey}.bias`, initialization: uniform });
      this.bias = parameter('bias', [filters], values);
    }
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const { filters, kernelSize, strides, padding, dilation } = this.#options;
    const size = (length: number | null) =>
      length === null ? null : Math.floor((length + 2 * padding - dilation * (kernelSize - 1) - 1) / strides) + 1;
    return [inputShape[0], size(inputShape[1]), size(inputShape[2]), filters];
  }

  override call(inputs: Tensor4D | Tensor4D[]): Tensor4D {
    const { strides, padding, dilation } = this.#options;
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    const output = conv2d(x, this.weight as Variable & Tensor4D, { strides, padding, dilation });
    return this.bias ? add(output, this.bias) : output;
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#options };
  }
}
serialization.registerClass(Convolution);
