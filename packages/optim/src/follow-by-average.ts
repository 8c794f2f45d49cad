import { add, mul, sub, tidy, type Scalar, type Variable } from '@tensorflow/tfjs-core';
import { updateElementwise } from './update-elementwise.ts';

/**
 * Moves each target towards its source, as a mean teacher follows its student:
 *
 *   target ← decay · target + (1 − decay) · source
 *
 * @throws if there are not as many targets as sources, or a pair differs in shape
 */
export function followByAverage(targets: Variable[], sources: Variable[], decay: Scalar): void {
  if (targets.length !== sources.length) {
    throw new Error(`followByAverage: ${targets.length} targets cannot follow ${sources.length} sources`);
  }
  targets.forEach((target, i) => {
    const source = sources[i];
    if (String(target.shape) !== String(source.shape)) {
      throw new Error(
        `followByAverage: ${target.name} [${target.shape}] cannot follow ${source.name} [${source.shape}]`,
      );
    }
  });
  tidy(() => {
    const share = sub(1, decay);
    updateElementwise(
      targets.map((target, i) => ({ targets: [target], operands: [target, sources[i]] })),
      ([target, source]) => [add(mul(target, decay), mul(source, share))],
    );
  });
}
