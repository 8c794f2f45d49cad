import { enableProdMode, fill, scalar, tensor2d, tensor3d, zeros } from '@tensorflow/tfjs-core';
import type { Rank, Tensor3D } from '@tensorflow/tfjs-core';
import { depthMixMask, drawStrongAugmentation } from '@segsde/augmentation';
import { crossEntropy, pseudoLabelLoss } from '@segsde/losses';
import { drawDropoutNoise } from '@segsde/models';
import { sgd } from '@segsde/optim';
import { renderScene, type Frame } from '@segsde/scenes';
import {
  floatTensor,
  imageTensor,
  labelTensor,
  segsdeStep,
  bytesToUnitRange,
  type SegsdeBatch,
} from '@segsde/trainer/steps';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { StepEngine } from '@segsde/trainer/steps';
import { storedTensors } from '../harness/stored-tensors.ts';
import { trainingWork } from '../harness/training-work.ts';
import type { Work } from '../harness/work.ts';
import { normalizedDisparity } from './normalized-disparity.ts';
import { segmentationParts } from './segmentation-parts.ts';

export interface SegsdeSize {
  /** Of the residual network. */
  depth: 50 | 101;
  /** Height and width of the images. */
  side: number;
  /** Labelled images, and as many unlabelled ones. */
  batch: number;
}

const CLASSES = 19;
const CHANNELS = [64, 64, 128, 128, 256];
const LEARNING_RATE = 1e-4;
const EMA_DECAY = 0.99;
/**
 * Of the last normalisation in each residual block: an untrained ResNet-50 begins near the
 * identity, as it is customary. With 1 the gradients grow towards the stem, and rounding with them:
 * their norm in PyTorch's own two layouts differs by up to 5e-3. The more blocks, the more they
 * grow.
 */
const RESIDUAL_GAMMA = { 50: 0.2, 101: 0.05 };
/**
 * Low, because what an untrained teacher says must count for something: about half of the pixels
 * are above it.
 */
const THRESHOLD = 0.1;
const SEED = 1;

/**
 * SegSDE's training on some labelled and unlabelled images, always the same, by the trainer's own
 * step.
 */
export function segsdeWork({ engine, mixedPrecision }: StepEngine, { depth, side, batch: count }: SegsdeSize): Work {
  enableProdMode();
  const network = { depth, channels: CHANNELS, classes: CLASSES, seed: 1 };
  const [student, teacher] = [segmentationParts(network), segmentationParts(network)];
  const [height, width] = [side, side];
  for (const [name, variable] of [student, teacher].flatMap(({ encoder }) => [...encoder.stateDict])) {
    if (name.endsWith('.bn3.weight')) variable.assign(fill(variable.shape, RESIDUAL_GAMMA[depth]));
  }

  const random = xoroshiro128plus(SEED);
  const uniform = () => uniformFloat64(random);
  const rendered = (first: number) =>
    Array.from({ length: count }, (_, i) => renderScene(first + i, { height, width }));
  const [labelledScenes, unlabelledScenes] = [rendered(1), rendered(1 + count)];
  const disparities = unlabelledScenes.map(({ depth }) => ({
    ...{ height, width },
    data: normalizedDisparity(depth),
  }));
  const images = (scenes: readonly Frame[]) => bytesToUnitRange(imageTensor(scenes.map(({ image }) => image)));
  const dropoutNoise = () =>
    drawDropoutNoise(student.decoder.dropoutSites, {
      featureShapes: student.encoder.featureShapes([count, height, width, 3]),
      random: uniform,
    });
  const strong = drawStrongAugmentation(uniform, {
    ...{ batch: count, height, width },
    ...{ jitterProbability: 1, blurProbability: 1 },
  });
  const disparity = floatTensor(disparities);
  const batch: SegsdeBatch = {
    labelled: {
      image: images(labelledScenes),
      label: labelTensor(labelledScenes.map(({ label }) => label)),
      dropoutNoise: dropoutNoise(),
    },
    unlabelled: {
      image: images(unlabelledScenes),
      disparity,
      label: fill([count, height, width], 255, 'int32') as Tensor3D,
      labelKnown: zeros<Rank.R4>([count, 1, 1, 1]),
      mixing: {},
      strong: { color: tensor3d(strong.color, [count, 7, 3]), blur: tensor2d(strong.blur, [2, 9]) },
      teacherDropoutNoise: dropoutNoise(),
      studentDropoutNoise: dropoutNoise(),
    },
    learningRates: { all: scalar(LEARNING_RATE) },
    consistencyWeight: scalar(1),
    emaDecay: scalar(EMA_DECAY),
  };

  const { labelled, unlabelled } = batch;
  const optimizer = sgd([{ name: 'all', variables: student.variables }], { momentum: 0.9, weightDecay: 5e-4 });
  const [noise] = student.decoder.dropoutSites.map(({ name }) => name);
  return {
    ...trainingWork(batch, optimizer, (optimizer) =>
      segsdeStep(
        { student, teacher, optimizer },
        {
          ...{ loss: crossEntropy, clipNorm: null, engine, mixedPrecision },
          consistencyLoss: (logits, probabilities) => pseudoLabelLoss(logits, probabilities, { threshold: THRESHOLD }),
          mixingMask: ({ disparity }) => depthMixMask(disparity),
        },
      ),
    ),
    beginning: async () =>
      new Map([
        ...(await student.weights('student.')),
        ...(await teacher.weights('teacher.')),
        ...(await storedTensors({
          'labelled.image': labelled.image,
          'labelled.label': labelled.label,
          'unlabelled.image': unlabelled.image,
          'unlabelled.disparity': disparity,
          'unlabelled.color': unlabelled.strong.color,
          'unlabelled.blur': unlabelled.strong.blur,
          'noise.supervised': labelled.dropoutNoise[noise],
          'noise.teacher': unlabelled.teacherDropoutNoise[noise],
          'noise.mixed': unlabelled.studentDropoutNoise[noise],
          threshold: scalar(THRESHOLD),
          learningRate: batch.learningRates.all,
          emaDecay: batch.emaDecay,
        })),
      ]),
  };
}
