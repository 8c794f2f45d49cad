import { expect } from '@jest/globals';
import { grad, tensor, tidy, type Scalar, type Tensor } from '@tensorflow/tfjs-core';

/** Fixed numbers in 0..1 that look like noise. */
export function noise(count: number, seed = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return x - Math.floor(x);
  });
}

/** Expects the gradient of `f` to be what central differences give for every element, up to 1 % of the largest. */
export function expectGradient<T extends Tensor>(
  f: (x: T) => Scalar,
  at: T,
  { step = 2e-3, tolerance = 0.01 } = {},
): void {
  tidy(() => {
    const values = at.dataSync<'float32'>();
    const moved = (element: number, distance: number) =>
      tidy(() => {
        const changed = values.slice();
        changed[element] += distance;
        return { value: f(tensor(changed, at.shape) as T).dataSync()[0], at: changed[element] };
      });
    const expected = Array.from(values, (_, element) => {
      const [above, below] = [moved(element, step), moved(element, -step)];
      return (above.value - below.value) / (above.at - below.at);
    });
    const gradient = grad(f as (x: Tensor) => Tensor)(at);
    const scale = Math.max(...expected.map(Math.abs));
    expect(gradient.shape).toEqual(at.shape);
    expect(scale).toBeGreaterThan(0);
    gradient.dataSync().forEach((value, i) => {
      if (!(Math.abs(value - expected[i]) <= tolerance * scale))
        expect({ element: i, gradient: value }).toEqual({ element: i, gradient: expected[i] });
    });
  });
}
