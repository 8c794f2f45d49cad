import { serialization, type Tensor4D } from '@tensorflow/tfjs-core';
import { layers, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers';

type Config = Record<string, number | string | boolean>;

export interface LayerDefinition<Options extends Config> {
  /** Name under which `tf.layers` finds the layer when it reads a saved model. */
  className: string;
  /** What the layer does; must be traceable. */
  call(inputs: Tensor4D[], options: Options & { training: boolean }): Tensor4D;
  /** Shape of the output; without it, that of the first input. */
  outputShape?(inputShapes: Shape[], options: Options): Shape;
}

/**
 * Makes a `tf.layers` layer without weights and returns the function that applies it to symbolic
 * tensors.
 */
export function defineLayer<Options extends Config = Record<never, never>>(definition: LayerDefinition<Options>) {
  class Defined extends layers.Layer {
    static readonly className = definition.className;
    readonly #options: Options;

    constructor(config: Options & { name: string }) {
      super({ name: config.name });
      this.#options = config;
    }

    override computeOutputShape(shapes: Shape | Shape[]): Shape {
      const list = (Array.isArray(shapes[0]) ? shapes : [shapes]) as Shape[];
      return definition.outputShape?.(list, this.#options) ?? list[0];
    }

    override call(inputs: Tensor4D | Tensor4D[], { training }: { training?: boolean }): Tensor4D {
      const list = Array.isArray(inputs) ? inputs : [inputs];
      return definition.call(list, { ...this.#options, training: training ?? false });
    }

    override getConfig(): serialization.ConfigDict {
      return { ...super.getConfig(), ...this.#options };
    }
  }
  serialization.registerClass(Defined);
  return (inputs: SymbolicTensor | SymbolicTensor[], config: Options & { name: string }) =>
    new Defined(config).apply(inputs) as SymbolicTensor;
}
