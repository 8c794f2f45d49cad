import { expect } from '@jest/globals';
import { grad, tensor, tidy, type Scalar, type Tensor } from '@tensorflow/tfjs-core';

/** Fixed numbers in 0..1 that look like noise. */
export function noise(count: number, seed = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return x - Math.floor(x);
  });
}

/** Expects the gradient of `f` to be what central differences give, up to 1 % of the largest, at 16 elements spread over the input. */
export function expectGradient<T extends Tensor>(
  f: (x: T) => Scalar,
  at: T,
  { step = 2e-3, tolerance = 0.01 } = {},
): void {
  tidy(() => {
    const values = at.dataSync<'float32'>();
    const gradient = grad(f as (x: Tensor) => Tensor)(at);
    expect(gradient.shape).toEqual(at.shape);
    const found = gradient.dataSync<'float32'>();
    const largest = found.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(0);

    const moved = (element: number, distance: number) =>
      tidy(() => {
        const changed = values.slice();
        changed[element] += distance;
        return { value: f(tensor(changed, at.shape) as T).dataSync()[0], at: changed[element] };
      });
    const count = Math.min(16, values.length);
    for (let i = 0; i < count; i++) {
      const element = Math.floor((i * (values.length - 1)) / Math.max(count - 1, 1));
      const [above, below] = [moved(element, step), moved(element, -step)];
      const expected = (above.value - below.value) / (above.at - below.at);
      if (!(Math.abs(found[element] - expected) <= tolerance * largest))
        expect({ element, gradient: found[element] }).toEqual({ element, gradient: expected });
    }
  });
}

/** Expects the slope of `f` along two noisy directions to be what its gradient says: for functions that are slow to evaluate. */
export function expectSlopes<T extends Tensor>(
  f: (x: T) => Scalar,
  at: T,
  { step = 1e-4, tolerance = 0.005 } = {},
): void {
  tidy(() => {
    const values = at.dataSync<'float32'>();
    const gradient = grad(f as (x: Tensor) => Tensor)(at).dataSync<'float32'>();
    for (const seed of [11, 12]) {
      const direction = noise(values.length, seed).map((value) => 2 * value - 1);
      const along = (distance: number) =>
        tidy(
          () =>
            f(
              tensor(
                values.map((value, i) => value + distance * direction[i]),
                at.shape,
              ) as T,
            ).dataSync()[0],
        );
      const expected = (along(step) - along(-step)) / (2 * step);
      const slope = gradient.reduce((total, value, i) => total + value * direction[i], 0);
      const length = Math.hypot(...gradient) * Math.hypot(...direction);
      expect(length).toBeGreaterThan(0);
      expect(Math.abs(slope - expected) / length).toBeLessThan(tolerance);
    }
  });
}
