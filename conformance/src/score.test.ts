import { expect, test } from '@jest/globals';
import type { TestResult } from './run-suite.ts';
import { losses, scoreOf } from './score.ts';

const result = (file: string, status: TestResult['status'], ...kernels: string[]): TestResult => ({
  file,
  name: file,
  status,
  messages: [],
  kernels,
});

test('counts passed tests by file, and passed and failed ones by kernel', () => {
  const results = [
    result('ops/b', 'passed', 'Add', 'Mul'),
    result('ops/a', 'failed', 'Add'),
    result('ops/b', 'passed', 'Add'),
    result('ops/c', 'left out', 'Add'),
  ];
  expect(scoreOf(results)).toEqual({ files: { 'ops/a': 0, 'ops/b': 2 }, kernels: { Add: [2, 1], Mul: [1, 0] } });
});

test('a file that has lost a test is reported, one that has won one or did not run is not', () => {
  const expected = { files: { 'ops/add': 3, 'ops/sub': 2, tensor: 9 }, kernels: {} };
  const actual = { files: { 'ops/add': 2, 'ops/sub': 4 }, kernels: {} };
  expect(losses(expected, actual, 'ops/')).toEqual(['ops/add: 2 tests pass, 3 did']);
  expect(losses(expected, actual, '')).toHaveLength(2);
});
