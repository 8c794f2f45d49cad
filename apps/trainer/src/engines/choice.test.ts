import { expect, test } from '@jest/globals';
import { engineChoice } from './choice.ts';

const timed = (engine: 'onnx' | 'onnx-webgpu' | 'tensorflow', milliseconds: number) => ({
  ...{ engine, milliseconds, first: 2, last: 1 },
});

test('the shortest step wins, and the reason names the others', () => {
  expect(
    engineChoice([
      timed('onnx', 100),
      { engine: 'onnx-webgpu', absent: 'no graphics card found' },
      timed('tensorflow', 81.04),
    ]),
  ).toEqual({
    engine: 'tensorflow',
    reason: '81.0 ms for a small training step (onnx 100.0 ms, onnx-webgpu: no graphics card found)',
  });
});

test('an engine that is broken does not win', () => {
  const findings = [timed('onnx', 100), { engine: 'onnx-webgpu' as const, broken: 'its loss is 3' }];
  expect(engineChoice(findings)).toEqual({
    engine: 'onnx',
    reason: '100.0 ms for a small training step (onnx-webgpu: broken)',
  });
});

test('where nothing works the error is that of onnx', () => {
  expect(engineChoice([{ engine: 'onnx', broken: 'no library' }]).engine).toBe('onnx');
});
