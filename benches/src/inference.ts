// Classes and disparity of an image beside PyTorch.
//
//     npm run bench -- inference [--json] [--engine onnx|tensorflow]
//
// PYTHON names a Python interpreter that has PyTorch 2.13 and NumPy; without it the peers are
// TensorFlow.js's own backends.
import { measureStep } from './harness/measure-step.ts';
import { printResult } from './harness/print-result.ts';
import { timeResult } from './harness/time-result.ts';

const bench = 'inference';
await printResult(bench, async (measuring) => {
  const measured = await measureStep({ work: bench, script: 'inference.py', rounds: 8, steps: 5 }, measuring);
  return timeResult(measured, { bench, engine: measuring.engine });
});
