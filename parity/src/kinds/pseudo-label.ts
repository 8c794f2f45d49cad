import { pseudoLabelLoss, pseudoLabels } from '@segsde/losses';
import { mul, type Scalar, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Adapter, Outputs } from '../context.ts';
import { evaluate } from '../evaluate.ts';
import { ignoreIndex } from '../ignore-index.ts';
import { caseOptions, ofInputs, readOptions } from '../read-options.ts';
import { imageTensor } from '../tensors.ts';
import { withGradients } from '../with-gradients.ts';

const schema = caseOptions({ C: ofInputs, consistency_weight: z.number() });

/** Labels and weight that a teacher's probabilities give, and the student's loss. */
export const pseudoLabel: Adapter = async (context) => {
  const { consistency_weight: weight } = readOptions(context.case, schema);
  const logits = imageTensor(context.input('student_logits'));
  const prefix = 'teacher_softmax.';
  const outputs: Outputs = {};
  for (const { name } of context.case.inputs.filter((input) => input.name.startsWith(prefix))) {
    const variant = name.slice(prefix.length);
    const inputs = { logits, probabilities: imageTensor(context.input(name)) };
    const results = await evaluate(
      context,
      (given: typeof inputs) => {
        const pseudo = pseudoLabels(given.probabilities, { ignoreIndex });
        const { outputs, gradients } = withGradients([given.logits], (student: Tensor) => ({
          scalar: mul<Scalar>(pseudoLabelLoss(student as Tensor4D, given.probabilities, { ignoreIndex }), weight),
        }));
        return {
          images: { [`${variant}.grad.student_logits`]: gradients[0] },
          plain: {
            [`${variant}.pseudo_label`]: pseudo.labels,
            [`${variant}.max_probs`]: pseudo.confidence,
            [`${variant}.weight`]: pseudo.weight,
            [`${variant}.loss`]: outputs.scalar,
          },
        };
      },
      inputs,
    );
    Object.assign(outputs, results);
  }
  return outputs;
};
