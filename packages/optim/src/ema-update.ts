import { add, mul, sub, tidy, type Scalar, type Variable } from '@tensorflow/tfjs-core';

/**
 * Moves each teacher variable towards the student's, an exponential moving average:
 *
 *   teacher ← decay · teacher + (1 − decay) · student          Tarvainen & Valpola 2017
 *
 * @param teacher the variables to move
 * @param student as many, each of the shape of its partner
 * @param decay in 0..1, see {@link emaDecay}
 * @throws if there are not as many of both, or a pair differs in shape
 */
export function emaUpdate(teacher: Variable[], student: Variable[], decay: Scalar): void {
  if (teacher.length !== student.length) {
    throw new Error(
      `emaUpdate: ${teacher.length} variables of the teacher cannot follow ${student.length} of the student`,
    );
  }
  teacher.forEach((target, i) => {
    const source = student[i];
    if (String(target.shape) !== String(source.shape)) {
      throw new Error(`emaUpdate: ${target.name} [${target.shape}] cannot follow ${source.name} [${source.shape}]`);
    }
  });
  tidy(() => {
    const share = sub(1, decay);
    teacher.forEach((target, i) => target.assign(add(mul(target, decay), mul(student[i], share))));
  });
}
