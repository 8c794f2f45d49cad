import { jit } from '@segsde/jit';
import { crossEntropy } from '@segsde/losses';
import { clipByGlobalNorm, emaDecay, emaUpdate, globalNorm, valueAndGradients } from '@segsde/optim';
import { dispose, mul, scalar, type Scalar, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Adapter, Outputs } from '../context.ts';
import { differences, startValues } from '../differences.ts';
import { ignoreIndex } from '../ignore-index.ts';
import { loadWeights, trainedVariables } from '../load-weights.ts';
import { createOptimizer, rateTensors } from '../optimizer.ts';
import { readGradients, readState } from '../read-tensors.ts';
import { segmentationNetworks } from '../segmentation-networks.ts';
import { imageTensor, plainTensor } from '../tensors.ts';
import { trainOptions } from '../train-options.ts';

interface Batch {
  image: Tensor4D;
  label: Tensor3D;
  rates: Record<string, Scalar>;
  decay: Scalar;
}

/** Supervised steps with clipping and a teacher that follows. */
export const trainSupervised: Adapter = async (context) => {
  const { params, buffers, case: item } = context;
  const options = trainOptions(item);
  const { prefix } = item.weights!;
  const student = segmentationNetworks(options);
  const teacher = segmentationNetworks(options);
  for (const { stateDict } of [student, teacher]) loadWeights(stateDict, [...params, ...buffers], { prefix });
  const optimizer = createOptimizer(student.parts, options.optimizer, options.schedule);

  const step = jit(
    ({ image, label, rates, decay }: Batch) => {
      const { losses, grads } = valueAndGradients(trainedVariables(student.stateDict, params), () => ({
        segmentation: mul<Scalar>(
          crossEntropy(student.segment(image), label, { ignoreIndex }),
          options.segmentationWeight,
        ),
      }));
      const gradNorm = globalNorm(grads);
      const clipped = options.clipNorm === undefined ? grads : clipByGlobalNorm(grads, options.clipNorm);
      optimizer.apply(clipped, rates);
      emaUpdate(teacher.variables, student.variables, decay);
      return { loss: losses.segmentation, gradNorm, grads: clipped };
    },
    { engine: context.engine, name: item.name },
  );

  const start = startValues(params, { prefix });
  const outputs: Outputs = {};
  for (let n = 1; n <= options.steps; n++) {
    const rates = optimizer.rates(n - 1);
    const batch: Batch = {
      image: imageTensor(context.input(`image.${n}`)),
      label: plainTensor(context.input(`lbl.${n}`), 'int32'),
      rates: rateTensors(rates),
      decay: scalar(emaDecay(n)),
    };
    const result = await step(batch);
    const name = `step${n}`;
    outputs[`${name}.lr`] = rates.map(({ rate }) => rate);
    outputs[`${name}.loss`] = await result.loss.data();
    outputs[`${name}.grad_norm`] = await result.gradNorm.data();
    outputs[`${name}.grad`] = await readGradients(result.grads, student.stateDict, params);
    const [after, teacherAfter] = [
      await readState(student.stateDict, params),
      await readState(teacher.stateDict, params),
    ];
    outputs[`${name}.params`] = after;
    outputs[`${name}.delta`] = differences(after, start);
    outputs[`${name}.buffers`] = await readState(student.stateDict, buffers);
    outputs[`${name}.teacher_params`] = teacherAfter;
    outputs[`${name}.teacher_delta`] = differences(teacherAfter, start);
    dispose([{ ...batch }, result]);
  }
  step.dispose();
  dispose(optimizer.state);
  student.dispose();
  teacher.dispose();
  return outputs;
};
