import { enableProdMode, randomUniform, scalar } from '@tensorflow/tfjs-core';
import type { Rank, Scalar, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { jit } from '@segsde/jit';
import { crossEntropy } from '@segsde/losses';
import { toStateDict } from '@segsde/models';
import { sgd, valueAndGradients, type Optimizer } from '@segsde/optim';
import type { StepEngine } from '@segsde/trainer/steps';
import { storedTensors } from '../harness/stored-tensors.ts';
import { trainingWork } from '../harness/training-work.ts';
import type { Work } from '../harness/work.ts';
import { segmentationNetwork } from './segmentation-network.ts';

const [BATCH, HEIGHT, WIDTH, CLASSES] = [2, 128, 256, 19];
/**
 * Small, and for images of noise, so that rounding does not grow: with 0.01, or with something to
 * learn in the images, PyTorch's own two layouts differ in the gradients' norm by 5e-4 to 2e-2
 * after five steps; like this by 1e-4. Training without momentum would still differ by 1e-2.
 */
const LEARNING_RATE = 0.001;
const MOMENTUM = 0.9;
const SEED = 1;

interface Batch {
  image: Tensor4D;
  label: Tensor3D;
  learningRate: Scalar;
}

/** Training of the network on one batch of noise, always the same. */
export function segmentationWork({ engine, mixedPrecision }: StepEngine): Work {
  enableProdMode();
  const network = segmentationNetwork({ classes: CLASSES, seed: SEED });
  const batch: Batch = {
    image: randomUniform<Rank.R4>([BATCH, HEIGHT, WIDTH, 3], 0, 1, 'float32', SEED),
    label: randomUniform<Rank.R3>([BATCH, HEIGHT, WIDTH], 0, CLASSES, 'int32', SEED),
    learningRate: scalar(LEARNING_RATE),
  };
  const stepWith = (optimizer: Optimizer) =>
    jit(
      ({ image, label, learningRate }: Batch) => {
        const { losses, grads } = valueAndGradients(network.variables, () => ({
          loss: crossEntropy(network.segment(image), label),
        }));
        optimizer.apply(grads, { all: learningRate });
        return { loss: losses.loss };
      },
      { engine, mixedPrecision, name: 'segmentation-step' },
    );
  const optimizer = sgd([{ name: 'all', variables: network.variables }], { momentum: MOMENTUM });
  return {
    ...trainingWork<Batch>(batch, optimizer, stepWith),
    beginning: async () =>
      new Map([
        ...(await toStateDict(network, { prefix: 'network.' })),
        ...(await storedTensors({ image: batch.image, label: batch.label })),
      ]),
  };
}
