import { expect, test } from '@jest/globals';
import { benchOptions } from './bench-options.ts';

test('without arguments our side runs on onnx and lines for people are printed', () => {
  expect(benchOptions([])).toEqual({ json: false, engine: 'onnx' });
});

test('the engine can be chosen, in either form', () => {
  expect(benchOptions(['--engine', 'tensorflow', '--json'])).toEqual({ json: true, engine: 'tensorflow' });
  expect(benchOptions(['--engine=tensorflow']).engine).toBe('tensorflow');
});

test('an unknown engine is refused with the ones that there are', () => {
  expect(() => benchOptions(['--engine', 'eager'])).toThrow(/--engine eager.*onnx, onnx-webgpu, tensorflow/);
});

test.each([[['--jsn']], [['fast']]])('an unknown argument is refused: %s', (args) => {
  expect(() => benchOptions(args)).toThrow(args[0]);
});
