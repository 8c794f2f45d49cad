import { expect, test } from '@jest/globals';
import { benchOptions } from './bench-options.ts';

test('without arguments our side runs on onnx and lines for people are printed', () => {
  expect(benchOptions([])).toEqual({ json: false, engine: 'onnx', precision: 'float32' });
});

test('the engine can be chosen, in either form', () => {
  expect(benchOptions(['--engine', 'tensorflow', '--json'])).toEqual({
    ...{ json: true, engine: 'tensorflow', precision: 'float32' },
  });
  expect(benchOptions(['--engine=tensorflow']).engine).toBe('tensorflow');
});

test('an unknown engine is refused with the ones that there are', () => {
  expect(() => benchOptions(['--engine', 'eager'])).toThrow(/--engine eager.*onnx, onnx-webgpu, onnx-cuda, tensorflow/);
});

test('numbers of 16 bits can be chosen for tensorflow', () => {
  expect(benchOptions(['--engine', 'tensorflow', '--precision', 'bfloat16']).precision).toBe('bfloat16');
  expect(() => benchOptions(['--precision', 'bfloat16'])).toThrow(/--precision bfloat16.*--engine tensorflow/);
  expect(() => benchOptions(['--precision', 'half'])).toThrow(/--precision half.*float32, bfloat16/);
});

test.each([[['--jsn']], [['fast']]])('an unknown argument is refused: %s', (args) => {
  expect(() => benchOptions(args)).toThrow(args[0]);
});
