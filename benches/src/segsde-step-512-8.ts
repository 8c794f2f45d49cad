// A SegSDE training step of a size for graphics cards, ResNet-101, 512x512, 8 labelled and 8
// unlabelled images, beside PyTorch.
//
//     npm run bench -- segsde-step-512-8 [--json] [--engine onnx-cuda|onnx-webgpu|tensorflow]
//
// PYTHON names a Python interpreter that has PyTorch 2.13 and NumPy; SEGSDE_TORCH_DEVICE=cuda has
// it use the card.
import { measureStep } from './harness/measure-step.ts';
import { printResult } from './harness/print-result.ts';
import { timeResult } from './harness/time-result.ts';

const bench = 'segsde-step-512-8';
await printResult(bench, async (measuring) => {
  const measured = await measureStep({ work: bench, script: 'segsde_step.py', rounds: 3, steps: 25 }, measuring);
  return timeResult(measured, { bench, engine: measuring.engine });
});
