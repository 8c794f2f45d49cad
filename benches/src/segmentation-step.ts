// A training step of a ResNet-18 U-Net beside PyTorch.
//
//     npm run bench -- segmentation-step [--json]
//
// PYTHON names a Python interpreter that has PyTorch 2.13 and NumPy.
import { compareWithPytorch } from './harness/compare-with-pytorch.ts';
import { printResult } from './harness/print-result.ts';

const bench = 'segmentation-step';
await printResult(bench, (say) =>
  compareWithPytorch(
    {
      bench,
      ours: new URL('segmentation/worker.js', import.meta.url),
      peer: new URL('../python/segmentation_step.py', import.meta.url),
    },
    { python: process.env.PYTHON, say },
  ),
);
