import { add, mul, serialization, type Tensor1D, type Tensor4D, type Variable } from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { batchNorm, batchNormTraining } from '@segsde/ops';
import { GivenValues } from './given-values.ts';

const epsilon = 1e-5;
const momentum = 0.1;

/**
 * Batch normalisation as in PyTorch: epsilon 1e-5, momentum 0.1. Called with `training: true` it
 * normalises with the batch's mean and biased variance and moves the running statistics towards the
 * mean and the unbiased variance; otherwise it uses the running ones.
 */
export class BatchNorm extends layers.Layer {
  static readonly className = 'SegsdeBatchNorm';
  readonly gamma: Variable;
  readonly beta: Variable;
  readonly runningMean: Variable;
  readonly runningVariance: Variable;
  readonly #options: { name: string; channels: number };

  constructor(options: { name: string; channels: number }) {
    super({ name: options.name });
    this.#options = options;
    const create = (suffix: string, value: number, trainable: boolean) => {
      const initializer = new GivenValues(new Float32Array(options.channels).fill(value));
      const name = `${options.name}.${suffix}`;
      return this.addWeight(name, [options.channels], 'float32', initializer, undefined, trainable).read() as Variable;
    };
    this.gamma = create('weight', 1, true);
    this.beta = create('bias', 0, true);
    this.runningMean = create('running_mean', 0, false);
    this.runningVariance = create('running_var', 1, false);
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override call(inputs: Tensor4D | Tensor4D[], { training }: { training?: boolean }): Tensor4D {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    const gamma = this.gamma as Variable & Tensor1D;
    const beta = this.beta as Variable & Tensor1D;
    if (!training) {
      const mean = this.runningMean as Variable & Tensor1D;
      const variance = this.runningVariance as Variable & Tensor1D;
      return batchNorm(x, { mean, variance, gamma, beta, epsilon });
    }
    const count = x.shape[0] * x.shape[1] * x.shape[2];
    if (count === 1) {
      throw new Error(
        `${this.name}: batch normalisation in training needs more than one value per channel, but its input is ` +
          `[${x.shape.join(', ')}]. Use a batch of at least 2 images (the pooling branch of ASPP sees 1x1 maps).`,
      );
    }
    const { output, mean, variance } = batchNormTraining(x, gamma, beta, { epsilon });
    const follow = (running: Variable, batch: Tensor1D, factor: number) =>
      running.assign(add(mul(running, 1 - momentum), mul(batch, factor)));
    follow(this.runningMean, mean, momentum);
    follow(this.runningVariance, variance, (momentum * count) / (count - 1));
    return output;
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#options };
  }
}
serialization.registerClass(BatchNorm);
