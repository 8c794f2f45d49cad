import { ones, tidy, type Tensor, type Tensor4D, type Variable } from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { applyNoise } from './layers/apply-noise.ts';
import { BatchNorm } from './layers/batch-norm.ts';
import { Convolution, type ConvolutionOptions } from './layers/convolution.ts';
import type { DropoutSite, Network } from './network.ts';

/** Puts a layer, whose parameters exist, into the graph behind `x`. */
export type Connect = (x: SymbolicTensor) => SymbolicTensor;

/** Defaults: stride 1, no padding, no dilation, no bias, PyTorch's uniform initial values. */
export type ConvolutionSettings = Pick<ConvolutionOptions, 'inputChannels' | 'filters' | 'kernelSize'> &
  Partial<Pick<ConvolutionOptions, 'strides' | 'padding' | 'dilation' | 'bias' | 'initialization'>>;

/**
 * Collects the parameters of a network, in order and under their state-dict names, while its graph
 * is put together.
 */
export interface NetworkBuilder {
  /**
   * Creates the parameters `<key>.weight`, `[kernel, kernel, in, out]`, and `<key>.bias`, and
   * returns the layer that uses them.
   */
  convolution(key: string, settings: ConvolutionSettings): Connect;
  /**
   * Creates `<key>.weight`, `.bias`, `.running_mean` and `.running_var`, each `[channels]`, and
   * returns the batch normalisation that uses them.
   */
  batchNorm(key: string, channels: number): Connect;
  activation(name: string, kind: 'relu' | 'elu' | 'sigmoid'): Connect;
  /** Multiplies by noise that becomes an input of the network; does nothing at rate 0. */
  dropout(site: DropoutSite & { channels: number }): Connect;
  /**
   * The name with all prefixes before it: for layers without weights, which need different ones.
   */
  name(key: string): string;
  /** The same builder with `prefix` before every name. */
  within(prefix: string): NetworkBuilder;
}

/**
 * Builds a network from a description of its graph: the `tf.layers` model, its variables, buffers,
 * state dict and dropouts. Layers are the builder's or any of `tf.layers`. An encoder of one's own:
 *
 *     function tinyEncoder({ channels, seed }: { channels: number[]; seed: number }): Encoder {
 *       const strides = [2, 4, 8, 16, 32];
 *       const options = { name: 'tiny', inputChannels: [3], seed };
 *       const network = buildNetwork(options, ([image], build) => {
 *         const maps: SymbolicTensor[] = [];
 *         channels.forEach((filters, i) => {
 *           const sizes = { inputChannels: i === 0 ? 3 : channels[i - 1], filters, kernelSize: 3 };
 *           const halve = build.convolution(`${i}.conv`, { ...sizes, strides: 2, padding: 1 });
 *           const norm = build.batchNorm(`${i}.norm`, filters);
 *           const relu = build.activation(`${i}.relu`, 'relu');
 *           maps.push(relu(norm(halve(i === 0 ? image : maps[i - 1]))));
 *         });
 *         return maps;
 *       });
 *       return {
 *         ...network,
 *         channels,
 *         strides,
 *         apply: (image, options) => network.apply([image], options),
 *         featureShapes: (imageShape) => featureShapes({ channels, strides }, imageShape),
 *       };
 *     }
 *
 * @param options `inputChannels` of each input image or feature map, which are
 *   `[batch, height, width, channels]` of any size; `name` for errors and layers; `seed` of the
 *   initial values, which follow from it and the keys; `seedPrefix` stands before each key when
 *   they are drawn, so that equal networks with one seed start differently
 * @param assemble puts the graph together and returns its outputs. Parameters are listed in the
 *   order in which it creates them, those included that no output depends on
 * @returns a network whose `apply` takes the inputs and gives the outputs
 */
export function buildNetwork(
  {
    name,
    inputChannels,
    seed,
    seedPrefix = '',
  }: { name: string; inputChannels: number[]; seed: number; seedPrefix?: string },
  assemble: (inputs: SymbolicTensor[], build: NetworkBuilder) => SymbolicTensor[],
): Network<Tensor4D[]> {
  const stateDict = new Map<string, Variable>();
  const dropoutSites: DropoutSite[] = [];
  const noiseInputs: SymbolicTensor[] = [];

  const builder = (prefix: string): NetworkBuilder => ({
    convolution(key, settings) {
      const layer = new Convolution({
        strides: 1,
        padding: 0,
        dilation: 1,
        bias: false,
        initialization: 'uniform',
        ...settings,
        name: prefix + key,
        seed,
        seedKey: seedPrefix + prefix + key,
      });
      stateDict.set(`${prefix}${key}.weight`, layer.weight);
      if (layer.bias) stateDict.set(`${prefix}${key}.bias`, layer.bias);
      return (x) => layer.apply(x) as SymbolicTensor;
    },
    batchNorm(key, channels) {
      const layer = new BatchNorm({ name: prefix + key, channels });
      stateDict.set(`${prefix}${key}.weight`, layer.gamma);
      stateDict.set(`${prefix}${key}.bias`, layer.beta);
      stateDict.set(`${prefix}${key}.running_mean`, layer.runningMean);
      stateDict.set(`${prefix}${key}.running_var`, layer.runningVariance);
      return (x) => layer.apply(x) as SymbolicTensor;
    },
    activation(key, kind) {
      return (x) => layers.activation({ activation: kind, name: prefix + key }).apply(x) as SymbolicTensor;
    },
    dropout({ name: site, rate, channels, shape }) {
      if (rate === 0) return (x) => x;
      const siteName = prefix + site;
      return (x) => {
        const noise = input({ shape: [null, null, channels], name: `${siteName}.noise` });
        noiseInputs.push(noise);
        dropoutSites.push({ name: siteName, rate, shape });
        return applyNoise([x, noise], { name: siteName });
      };
    },
    name: (key) => prefix + key,
    within: (inner) => builder(prefix + inner),
  });

  const inputs = inputChannels.map((channels, i) =>
    input({ shape: [null, null, channels], name: `${name}.input.${i}` }),
  );
  const outputs = assemble(inputs, builder(''));
  const layersModel = model({ inputs: [...inputs, ...noiseInputs], outputs, name });
  const all = [...stateDict.values()];

  const noiseTensors = (training: boolean, given: Record<string, Tensor>): Tensor[] => {
    const names = dropoutSites.map((site) => site.name);
    const unknown = Object.keys(given).find((key) => !names.includes(key));
    if (unknown !== undefined) {
      throw new Error(
        `${name}: dropoutNoise.${unknown} belongs to no dropout of this network (it has ${names.join(', ') || 'none'}).`,
      );
    }
    return dropoutSites.map((site) => {
      if (!training) return ones([1, 1, 1, 1]);
      if (given[site.name]) return given[site.name];
      throw new Error(
        `${name}: training needs dropoutNoise['${site.name}'] (rate ${site.rate}). Draw it with drawDropoutNoise, or build ` +
          `the network with this dropout set to 0.`,
      );
    });
  };

  return {
    model: layersModel,
    apply(input, { training = false, dropoutNoise = {} } = {}) {
      return tidy(() => {
        const result = layersModel.apply([...input, ...noiseTensors(training, dropoutNoise)], { training });
        return (Array.isArray(result) ? result : [result]) as Tensor4D[];
      });
    },
    variables: all.filter((variable) => variable.trainable),
    buffers: all.filter((variable) => !variable.trainable),
    stateDict,
    dropoutSites,
    dispose: () => all.forEach((variable) => variable.dispose()),
  };
}
