// The peak memory of a SegSDE training step beside PyTorch.
//
//     npm run bench -- memory [--json] [--engine onnx|tensorflow]
//
// PYTHON names a Python interpreter that has PyTorch 2.13 and NumPy; without it the peers are
// TensorFlow.js's own backends.
import { measureStep } from './harness/measure-step.ts';
import { memoryResult } from './harness/memory-result.ts';
import { printResult } from './harness/print-result.ts';

const bench = 'memory';
await printResult(bench, async (measuring) => {
  const measured = await measureStep({ work: 'segsde-step', script: 'segsde_step.py', rounds: 2, steps: 2 }, measuring);
  return memoryResult(measured, { bench, engine: measuring.engine });
});
