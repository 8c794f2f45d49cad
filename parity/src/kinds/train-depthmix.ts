import { depthMixMask, drawStrongAugmentation } from '@segsde/augmentation';
import { jit } from '@segsde/jit';
import { crossEntropy, pseudoLabelLoss, pseudoLabels } from '@segsde/losses';
import { emaDecay, globalNorm, type Optimizer } from '@segsde/optim';
import {
  consistencyGradients,
  mixUnlabelled,
  segsdeStep,
  type ConsistencyLoss,
  type MixingMask,
  type SegmentationNetwork,
  type SegsdeBatch,
  type UnlabelledBatch,
} from '@segsde/trainer/steps';
import { argMax, dispose, keep, mul, scalar, squeeze, tensor, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Adapter, Context, Outputs } from '../context.ts';
import { differences, startValues } from '../differences.ts';
import { ignoreIndex } from '../ignore-index.ts';
import { freezeParameters, loadWeights } from '../load-weights.ts';
import { createOptimizer, rateTensors } from '../optimizer.ts';
import { readGradients, readImages, readState } from '../read-tensors.ts';
import { segmentationNetworks } from '../segmentation-networks.ts';
import { imageTensor, plainTensor } from '../tensors.ts';
import { mixOptions, trainOptions, type MixOptions } from '../train-options.ts';
import { unboundedNorm } from '../unbounded-norm.ts';

/**
 * Steps on unlabelled images mixed by depth, alone and together with labelled ones, as the trainer
 * takes them.
 */
export const trainDepthmix: Adapter = async (context) => ({
  ...(await unlabelledBranch(context, { name: 'plain', useLabels: false })),
  ...(await unlabelledBranch(context, { name: 'use_gt', useLabels: true })),
  ...(await fullSteps(context)),
});

/** The case's unlabelled images, with an augmentation that leaves them as they are. */
function readUnlabelled(context: Context, { useLabels }: { useLabels: boolean }): UnlabelledBatch {
  const { isLabelled } = mixOptions(context.case);
  const image = imageTensor(context.input('unlabeled.image'));
  const [batch, height, width] = image.shape;
  const { color, blur } = drawStrongAugmentation(() => 0.5, {
    ...{ batch, height, width },
    ...{ jitterProbability: 0, blurProbability: 0 },
  });
  return {
    image,
    disparity: imageTensor(context.input('unlabeled.pseudo_depth')),
    label: plainTensor(context.input('unlabeled.lbl'), 'int32'),
    labelKnown: tensor(
      isLabelled.map((known) => Number(known && useLabels)),
      [batch, 1, 1, 1],
    ),
    mixing: {},
    strong: { color: tensor3d(color, [batch, 7, 3]), blur: tensor2d(blur, [2, 9]) },
    teacherDropoutNoise: {},
    studentDropoutNoise: {},
  };
}

const disposeUnlabelled = ({
  strong,
  mixing: _,
  teacherDropoutNoise: _t,
  studentDropoutNoise: _s,
  ...tensors
}: UnlabelledBatch) => dispose([{ ...strong }, { ...tensors }]);

const mixingMask =
  ({ margin, foregroundThreshold }: MixOptions): MixingMask =>
  ({ disparity }) =>
    depthMixMask(disparity, { margin, foregroundThreshold });

const consistencyLoss: ConsistencyLoss = (logits, probabilities) =>
  pseudoLabelLoss(logits, probabilities, { ignoreIndex });

function freshNetworks(context: Context) {
  const { params, buffers, case: item } = context;
  const options = trainOptions(item);
  const { prefix, teacher_prefix: teacherPrefix, teacher_scale: teacherScale } = item.weights!;
  const student = segmentationNetworks(options);
  const teacher = segmentationNetworks(options);
  const teacherWeights = { prefix: teacherPrefix ?? prefix, scale: teacherScale };
  loadWeights(student.stateDict, [...params, ...buffers], { prefix });
  loadWeights(teacher.stateDict, [...params, ...buffers], teacherWeights);
  freezeParameters(student.stateDict, params);
  const start = { student: startValues(params, { prefix }), teacher: startValues(params, teacherWeights) };
  return { options, student, teacher, start };
}

async function unlabelledBranch(
  context: Context,
  { name, useLabels }: { name: string; useLabels: boolean },
): Promise<Outputs> {
  const { params, buffers, engine, case: item } = context;
  const options = mixOptions(item);
  const { student, teacher } = freshNetworks(context);
  const branch = jit(
    (given: UnlabelledBatch) => {
      const mixed = mixUnlabelled(teacher, given, { mixingMask: mixingMask(options) });
      let logits: Tensor4D | undefined;
      const watched: SegmentationNetwork = {
        ...student,
        segment: (image, mode) => (logits = keep(student.segment(image, mode))),
      };
      const { losses, grads } = consistencyGradients({ student: watched, optimizer: {} }, mixed, {
        ...{ consistencyLoss, dropoutNoise: given.studentDropoutNoise },
        weight: scalar(options.consistencyWeight),
      });
      const { labels, confidence, weight } = pseudoLabels(mixed.pseudoLabels, { ignoreIndex });
      const plain: Record<string, Tensor> = {
        loss: losses.consistency,
        teacher_argmax: argMax(mixed.probabilities, -1),
        mix_mask: squeeze(mixed.mask, [3]),
        pseudo_label: labels,
        max_probs: confidence,
        weight,
        grad_norm: globalNorm(grads),
      };
      const images: Record<string, Tensor> = { mixed_image: mixed.image, student_logits: logits! };
      return { plain, images, grads };
    },
    { engine, name: item.name },
  );
  const unlabelled = readUnlabelled(context, { useLabels });
  const { plain, images, grads } = await branch(unlabelled);
  const outputs: Outputs = {
    [`${name}.grad`]: await readGradients(grads, student.stateDict, params),
    [`${name}.teacher_buffers`]: await readState(teacher.stateDict, buffers),
    [`${name}.student_buffers`]: await readState(student.stateDict, buffers),
  };
  for (const [key, values] of Object.entries(plain)) outputs[`${name}.${key}`] = await values.data();
  for (const [key, values] of Object.entries(images)) outputs[`${name}.${key}`] = await readImages(values);
  dispose([plain, images, grads]);
  disposeUnlabelled(unlabelled);
  for (const { dispose } of [branch, student, teacher]) await dispose();
  return outputs;
}

async function fullSteps(context: Context): Promise<Outputs> {
  const { params, engine, case: item } = context;
  const mixing = mixOptions(item);
  const { options, student, teacher, start } = freshNetworks(context);
  const scheduled = createOptimizer(student.parts, options.optimizer, options.schedule);
  const stepWith = (optimizer: Optimizer, clipNorm: number | null) =>
    segsdeStep(
      { student, teacher, optimizer },
      {
        loss: (logits, labels) =>
          mul<Scalar>(crossEntropy(logits, labels, { ignoreIndex }), options.segmentationWeight),
        ...{ consistencyLoss, mixingMask: mixingMask(mixing), clipNorm, engine },
      },
    );
  const step = stepWith(scheduled, options.clipNorm);
  const norm = unboundedNorm<SegsdeBatch>(
    (optimizer) => stepWith(optimizer, null),
    [...student.buffers, ...teacher.buffers],
  );
  const unlabelled = readUnlabelled(context, { useLabels: true });
  const outputs: Outputs = {};
  for (let n = 1; n <= options.steps; n++) {
    const batch: SegsdeBatch = {
      labelled: {
        image: imageTensor(context.input(`labeled.${n}.image`)),
        label: plainTensor(context.input(`labeled.${n}.lbl`), 'int32'),
        dropoutNoise: {},
      },
      unlabelled,
      learningRates: rateTensors(scheduled.rates(n - 1)),
      consistencyWeight: scalar(mixing.consistencyWeight),
      emaDecay: scalar(emaDecay(n)),
    };
    const still = scalar(1);
    const gradNorm = await norm.of({ ...batch, emaDecay: still });
    const losses = await step(batch);

    const name = `full.step${n}`;
    outputs[`${name}.labeled_loss`] = await losses.supervised.data();
    outputs[`${name}.unlabeled_loss`] = await losses.consistency.data();
    outputs[`${name}.grad_norm`] = [gradNorm];
    const after = await readState(student.stateDict, params);
    const teacherAfter = await readState(teacher.stateDict, params);
    outputs[`${name}.params`] = after;
    outputs[`${name}.delta`] = differences(after, start.student);
    outputs[`${name}.teacher_params`] = teacherAfter;
    outputs[`${name}.teacher_delta`] = differences(teacherAfter, start.teacher);
    const { labelled, learningRates, consistencyWeight, emaDecay: decay } = batch;
    dispose([losses, still, labelled.image, labelled.label, learningRates, consistencyWeight, decay]);
  }
  disposeUnlabelled(unlabelled);
  for (const { dispose } of [step, norm, student, teacher]) await dispose();
  dispose(scheduled.state);
  return outputs;
}
