import { testKernels } from './kernel-cases.test.kit.ts';

testKernels('onnx');
