import { depthMixMask, mixPairs } from '@segsde/augmentation';
import { jit } from '@segsde/jit';
import { crossEntropy, pseudoLabelLoss, pseudoLabels } from '@segsde/losses';
import { clipByGlobalNorm, emaDecay, emaUpdate, globalNorm, valueAndGradients } from '@segsde/optim';
import {
  add,
  argMax,
  cast,
  dispose,
  keep,
  mul,
  oneHot,
  scalar,
  softmax,
  squeeze,
  sub,
  tensor,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Adapter, Context, Outputs } from '../context.ts';
import { differences, startValues } from '../differences.ts';
import { ignoreIndex } from '../ignore-index.ts';
import { loadWeights, trainedVariables } from '../load-weights.ts';
import { createOptimizer, rateTensors } from '../optimizer.ts';
import { readGradients, readImages, readState } from '../read-tensors.ts';
import { segmentationNetworks, type SegmentationNetworks } from '../segmentation-networks.ts';
import { imageTensor, plainTensor } from '../tensors.ts';
import { trainOptions } from '../train-options.ts';

interface MixOptions {
  consistency_weight: number;
  margin: number;
  ft: number | [number, number];
  is_labeled: boolean[];
}

interface Unlabelled {
  image: Tensor4D;
  disparity: Tensor4D;
  label: Tensor3D;
  /** `[batch, 1, 1, 1]`: 1 for images whose label is known. */
  labelled: Tensor4D;
}

/** Steps on unlabelled images mixed by depth, alone and together with labelled ones. */
export const trainDepthmix: Adapter = async (context) => {
  const unlabelled = readUnlabelled(context);
  const outputs: Outputs = {
    ...(await unlabelledStep(context, unlabelled, { name: 'plain', useLabels: false })),
    ...(await unlabelledStep(context, unlabelled, { name: 'use_gt', useLabels: true })),
    ...(await fullSteps(context, unlabelled)),
  };
  dispose({ ...unlabelled });
  return outputs;
};

function readUnlabelled(context: Context): Unlabelled {
  const { is_labeled: flags } = context.case.options as unknown as MixOptions;
  return {
    image: imageTensor(context.input('unlabeled.image')),
    disparity: imageTensor(context.input('unlabeled.pseudo_depth')),
    label: plainTensor(context.input('unlabeled.lbl'), 'int32'),
    labelled: tensor(flags.map(Number), [flags.length, 1, 1, 1]),
  };
}

function freshNetworks(context: Context) {
  const { params, buffers, case: item } = context;
  const options = trainOptions(item);
  const { prefix, teacher_prefix: teacherPrefix, teacher_scale: teacherScale } = item.weights!;
  const student = segmentationNetworks(options);
  const teacher = segmentationNetworks(options);
  const teacherWeights = { prefix: teacherPrefix ?? prefix, scale: teacherScale };
  loadWeights(student.stateDict, [...params, ...buffers], { prefix });
  loadWeights(teacher.stateDict, [...params, ...buffers], teacherWeights);
  const start = { student: startValues(params, { prefix }), teacher: startValues(params, teacherWeights) };
  return { options, student, teacher, start };
}

/** The teacher's opinion of the unlabelled images, mixed by depth. */
function mixUnlabelled(
  teacher: SegmentationNetworks,
  { image, disparity, label, labelled }: Unlabelled,
  { useLabels, margin, ft }: { useLabels: boolean } & MixOptions,
) {
  const predicted = softmax(teacher.segment(image));
  const classes = predicted.shape[3];
  const known = cast(oneHot(label, classes), 'float32');
  const probabilities = useLabels ? add<Tensor4D>(predicted, mul(sub(known, predicted), labelled)) : predicted;
  const mask = depthMixMask(disparity, { margin, foregroundThreshold: ft as number });
  return { probabilities, mask, image: mixPairs(image, mask), mixed: mixPairs(probabilities, mask) };
}

async function unlabelledStep(
  context: Context,
  unlabelled: Unlabelled,
  { name, useLabels }: { name: string; useLabels: boolean },
): Promise<Outputs> {
  const { params, buffers, case: item } = context;
  const mixOptions = item.options as unknown as MixOptions;
  const { student, teacher } = freshNetworks(context);
  const step = jit(
    (given: Unlabelled) => {
      const { probabilities, mask, image, mixed } = mixUnlabelled(teacher, given, { useLabels, ...mixOptions });
      let logits: Tensor4D;
      const { losses, grads } = valueAndGradients(trainedVariables(student.stateDict, params), () => {
        logits = keep(student.segment(image));
        const loss = pseudoLabelLoss(logits, mixed, { ignoreIndex });
        return { unlabelled: mul<Scalar>(loss, mixOptions.consistency_weight) };
      });
      const { labels, confidence, weight } = pseudoLabels(mixed, { ignoreIndex });
      const plain: Record<string, Tensor> = {
        loss: losses.unlabelled,
        teacher_argmax: argMax(probabilities, -1),
        mix_mask: squeeze(mask, [3]),
        pseudo_label: labels,
        max_probs: confidence,
        weight,
        grad_norm: globalNorm(grads),
      };
      const images: Record<string, Tensor> = { mixed_image: image, student_logits: logits! };
      return { plain, images, grads };
    },
    { engine: context.engine, name: item.name },
  );
  const result = await step(unlabelled);
  const outputs: Outputs = {
    [`${name}.grad`]: await readGradients(result.grads, student.stateDict, params),
    [`${name}.teacher_buffers`]: await readState(teacher.stateDict, buffers),
    [`${name}.student_buffers`]: await readState(student.stateDict, buffers),
  };
  for (const [key, values] of Object.entries(result.plain)) outputs[`${name}.${key}`] = await values.data();
  for (const [key, values] of Object.entries(result.images)) outputs[`${name}.${key}`] = await readImages(values);
  dispose([result.plain, result.images, result.grads]);
  step.dispose();
  student.dispose();
  teacher.dispose();
  return outputs;
}

interface FullBatch {
  image: Tensor4D;
  label: Tensor3D;
  unlabelled: Unlabelled;
  rates: Record<string, Scalar>;
  decay: Scalar;
}

async function fullSteps(context: Context, unlabelled: Unlabelled): Promise<Outputs> {
  const { params, case: item } = context;
  const mixOptions = item.options as unknown as MixOptions;
  const { options, student, teacher, start } = freshNetworks(context);
  const optimizer = createOptimizer(student.parts, options.optimizer, options.schedule);
  const step = jit(
    ({ image, label, unlabelled, rates, decay }: FullBatch) => {
      const mix = mixUnlabelled(teacher, unlabelled, { useLabels: true, ...mixOptions });
      const { losses, grads } = valueAndGradients(trainedVariables(student.stateDict, params), () => {
        const supervised = crossEntropy(student.segment(image), label, { ignoreIndex });
        const consistency = pseudoLabelLoss(student.segment(mix.image), mix.mixed, { ignoreIndex });
        return {
          labelled: mul<Scalar>(supervised, options.segmentationWeight),
          unlabelled: mul<Scalar>(consistency, mixOptions.consistency_weight),
        };
      });
      const gradNorm = globalNorm(grads);
      const clipped = options.clipNorm === undefined ? grads : clipByGlobalNorm(grads, options.clipNorm);
      optimizer.apply(clipped, rates);
      emaUpdate(teacher.variables, student.variables, decay);
      return { labelled: losses.labelled, unlabelled: losses.unlabelled, gradNorm };
    },
    { engine: context.engine, name: item.name },
  );
  const outputs: Outputs = {};
  for (let n = 1; n <= options.steps; n++) {
    const batch: FullBatch = {
      image: imageTensor(context.input(`labeled.${n}.image`)),
      label: plainTensor(context.input(`labeled.${n}.lbl`), 'int32'),
      unlabelled,
      rates: rateTensors(optimizer.rates(n - 1)),
      decay: scalar(emaDecay(n)),
    };
    const result = await step(batch);
    const name = `full.step${n}`;
    outputs[`${name}.labeled_loss`] = await result.labelled.data();
    outputs[`${name}.unlabeled_loss`] = await result.unlabelled.data();
    outputs[`${name}.grad_norm`] = await result.gradNorm.data();
    const after = await readState(student.stateDict, params);
    const teacherAfter = await readState(teacher.stateDict, params);
    outputs[`${name}.params`] = after;
    outputs[`${name}.delta`] = differences(after, start.student);
    outputs[`${name}.teacher_params`] = teacherAfter;
    outputs[`${name}.teacher_delta`] = differences(teacherAfter, start.teacher);
    dispose([result, batch.image, batch.label, batch.rates, batch.decay]);
  }
  step.dispose();
  dispose(optimizer.state);
  student.dispose();
  teacher.dispose();
  return outputs;
}
