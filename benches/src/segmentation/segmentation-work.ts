import '@tensorflow/tfjs-backend-cpu';
import { enableProdMode, randomUniform, scalar } from '@tensorflow/tfjs-core';
import type { Rank, Scalar, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { jit } from '@segsde/jit';
import { crossEntropy } from '@segsde/losses';
import { toStateDict, type StoredTensor } from '@segsde/models';
import { globalNorm, sgd, valueAndGradients } from '@segsde/optim';
import type { Work } from '../harness/work.ts';
import { segmentationNetwork } from './segmentation-network.ts';

const [BATCH, HEIGHT, WIDTH, CLASSES] = [2, 128, 256, 19];
/**
 * Small, and for images of noise, so that rounding does not grow: with 0.01, or with something to learn in the images, PyTorch's own two layouts differ in
 * the gradients' norm by 5e-4 to 2e-2 after five steps; like this by 1e-4. Training without momentum would still differ by 1e-2.
 */
const LEARNING_RATE = 0.001;
const MOMENTUM = 0.9;
const SEED = 1;

interface Batch {
  image: Tensor4D;
  label: Tensor3D;
  learningRate: Scalar;
}

/** Training of the network on one batch of noise, always the same. `beginning` gives everything that the other side needs to do the same. */
export function segmentationWork(): Work & { beginning(): Promise<Map<string, StoredTensor>> } {
  enableProdMode();
  const network = segmentationNetwork({ classes: CLASSES, seed: SEED });
  const optimizer = sgd([{ name: 'all', variables: network.variables }], { momentum: MOMENTUM });
  const batch: Batch = {
    image: randomUniform<Rank.R4>([BATCH, HEIGHT, WIDTH, 3], 0, 1, 'float32', SEED),
    label: randomUniform<Rank.R3>([BATCH, HEIGHT, WIDTH], 0, CLASSES, 'int32', SEED),
    learningRate: scalar(LEARNING_RATE),
  };

  const learn = ({ image, label, learningRate }: Batch) => {
    const { losses, grads } = valueAndGradients(network.variables, () => ({
      loss: crossEntropy(network.segment(image), label),
    }));
    optimizer.apply(grads, { all: learningRate });
    return { loss: losses.loss, grads };
  };
  const train = jit((batch: Batch) => ({ loss: learn(batch).loss }), { name: 'segmentation-step' });
  const trainAndMeasure = jit(
    (batch: Batch) => {
      const { loss, grads } = learn(batch);
      return { loss, gradientNorm: globalNorm(grads) };
    },
    { name: 'segmentation-step with norm' },
  );

  const numbers = (results: Record<string, { dataSync(): ArrayLike<number>; dispose(): void }>) =>
    Object.fromEntries(
      Object.entries(results).map(([name, result]) => {
        const [value] = Array.from(result.dataSync());
        result.dispose();
        return [name, value];
      }),
    );
  return {
    step: async () => numbers(await train(batch)),
    checkedStep: async () => numbers(await trainAndMeasure(batch)),
    async beginning() {
      const { image, label } = batch;
      return new Map<string, StoredTensor>([
        ...(await toStateDict(network, { prefix: 'network.' })),
        ['image', { dtype: 'F32', shape: image.shape, data: await image.data<'float32'>() }],
        ['label', { dtype: 'I32', shape: label.shape, data: await label.data<'int32'>() }],
      ]);
    },
  };
}
