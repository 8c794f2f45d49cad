import { jit } from '@segsde/jit';
import { crossEntropy } from '@segsde/losses';
import { emaDecay, emaUpdate, type Optimizer } from '@segsde/optim';
import { supervisedStep, type SupervisedBatch } from '@segsde/trainer/steps';
import { dispose, mul, scalar, type Scalar } from '@tensorflow/tfjs-core';
import type { Adapter, Outputs } from '../context.ts';
import { differences, startValues } from '../differences.ts';
import { ignoreIndex } from '../ignore-index.ts';
import { freezeParameters, loadWeights } from '../load-weights.ts';
import { createOptimizer, rateTensors } from '../optimizer.ts';
import { readGradients, readState } from '../read-tensors.ts';
import { recordedGradients, recorder, recordingOptimizer } from '../recorder.ts';
import { segmentationNetworks } from '../segmentation-networks.ts';
import { imageTensor, plainTensor } from '../tensors.ts';
import { trainOptions } from '../train-options.ts';
import { unboundedNorm } from '../unbounded-norm.ts';

/** The trainer's supervised steps with clipping, and a teacher that follows. */
export const trainSupervised: Adapter = async (context) => {
  const { params, buffers, engine, case: item } = context;
  const options = trainOptions(item);
  const { prefix } = item.weights!;
  const student = segmentationNetworks(options);
  const teacher = segmentationNetworks(options);
  for (const { stateDict } of [student, teacher]) loadWeights(stateDict, [...params, ...buffers], { prefix });
  freezeParameters(student.stateDict, params);

  const recorded = recorder();
  const scheduled = createOptimizer(student.parts, options.optimizer, options.schedule);
  const stepWith = (optimizer: Optimizer, clipNorm: number | null) =>
    supervisedStep(
      { student, optimizer },
      {
        loss: (logits, labels) =>
          mul<Scalar>(crossEntropy(logits, labels, { ignoreIndex }), options.segmentationWeight),
        ...{ clipNorm, engine },
      },
    );
  const step = stepWith(recordingOptimizer(scheduled, recorded), options.clipNorm);
  const norm = unboundedNorm<SupervisedBatch>((optimizer) => stepWith(optimizer, null), student.buffers);
  const follow = jit(({ decay }: { decay: Scalar }) => emaUpdate(teacher.variables, student.variables, decay), {
    engine,
    name: 'follow',
  });

  const start = startValues(params, { prefix });
  const outputs: Outputs = {};
  for (let n = 1; n <= options.steps; n++) {
    const rates = scheduled.rates(n - 1);
    const batch: SupervisedBatch = {
      labelled: {
        image: imageTensor(context.input(`image.${n}`)),
        label: plainTensor(context.input(`lbl.${n}`), 'int32'),
        dropoutNoise: {},
      },
      learningRates: rateTensors(rates),
    };
    const decay = scalar(emaDecay(n));
    const gradNorm = await norm.of(batch);
    const losses = await step(batch);
    await follow({ decay });

    const name = `step${n}`;
    outputs[`${name}.lr`] = rates.map(({ rate }) => rate);
    outputs[`${name}.loss`] = await losses.supervised.data();
    outputs[`${name}.grad_norm`] = [gradNorm];
    outputs[`${name}.grad`] = await readGradients(recordedGradients(recorded), student.stateDict, params);
    const after = await readState(student.stateDict, params);
    const teacherAfter = await readState(teacher.stateDict, params);
    outputs[`${name}.params`] = after;
    outputs[`${name}.delta`] = differences(after, start);
    outputs[`${name}.buffers`] = await readState(student.stateDict, buffers);
    outputs[`${name}.teacher_params`] = teacherAfter;
    outputs[`${name}.teacher_delta`] = differences(teacherAfter, start);
    dispose([losses, decay, batch.labelled.image, batch.labelled.label, batch.learningRates]);
  }
  for (const { dispose } of [step, norm, follow, recorded, student, teacher]) await dispose();
  dispose(scheduled.state);
  return outputs;
};
