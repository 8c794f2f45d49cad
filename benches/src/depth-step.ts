// A training step of depth and pose networks beside PyTorch.
//
//     npm run bench -- depth-step [--json] [--engine onnx|tensorflow]
//
// PYTHON names a Python interpreter that has PyTorch 2.13 and NumPy; without it the peers are
// TensorFlow.js's own backends.
import { measureStep } from './harness/measure-step.ts';
import { printResult } from './harness/print-result.ts';
import { timeResult } from './harness/time-result.ts';

const bench = 'depth-step';
await printResult(bench, async (measuring) => {
  const measured = await measureStep({ work: bench, script: 'depth_step.py', rounds: 10, steps: 6 }, measuring);
  return timeResult(measured, { bench, engine: measuring.engine });
});
