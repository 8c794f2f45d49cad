import { testKernels } from '../../kernels/kernel-cases.test.kit.ts';

testKernels('tensorflow');
