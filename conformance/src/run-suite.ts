import { engine, registerBackend, registerKernel } from '@tensorflow/tfjs-core';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import { kernelFunctions } from '@segsde/jit/internal';
import jasmineCore from 'jasmine-core';
import type { Declare } from 'jasmine-core';
import type { Compile } from './lazy-backend.ts';
import { LazyBackend } from './lazy-backend.ts';
import { leftOut } from './left-out.ts';

export interface TestResult {
  /** The spec file within tfjs-core's dist, without `_test`. */
  file: string;
  name: string;
  status: 'passed' | 'failed' | 'left out';
  /** Why it failed. */
  messages: string[];
  /** The kernels that it called, and the one that is missing. */
  kernels: string[];
}

export interface SuiteOptions {
  /** Each spec file with the function that loads it, which declares its tests. */
  files: readonly (readonly [file: string, load: () => Promise<unknown>])[];
  /**
   * Compiles the recordings; without it the tests run on TensorFlow.js's own backend in plain
   * JavaScript.
   */
  compile?: Compile;
}

const BACKEND = 'lazy';

/** Runs TensorFlow.js's own tests with every kernel recorded and compiled. */
export async function runSuite({ files, compile }: SuiteOptions): Promise<TestResult[]> {
  const backend = compile && new LazyBackend(compile);
  if (backend) {
    registerBackend(BACKEND, () => backend);
    // TensorFlow.js's tests for leaks want a clone to share its buffer.
    const sameBuffer: KernelConfig['kernelFunc'] = ({ inputs: { x } }) => {
      const { dataId, shape, dtype } = x as TensorInfo;
      backend.incRef(dataId);
      return { dataId, shape, dtype };
    };
    for (const [kernelName, kernelFunc] of Object.entries(kernelFunctions(backend))) {
      const counted: typeof kernelFunc = (call) => {
        backend.called.add(kernelName);
        return backend.withoutRemains(() => kernelFunc(call));
      };
      registerKernel({
        kernelName,
        backendName: BACKEND,
        kernelFunc: kernelName === 'Identity' ? sameBuffer : counted,
      });
    }
  }
  const backendName = backend ? BACKEND : 'cpu';
  setTestEnvs([{ name: backendName, backendName, isDataSync: !backend }]);
  await engine().setBackend(backendName);

  const fileOf = new Map<string, string>();
  const environment = jasmineCore.boot().getEnv();
  const scope = globalThis as unknown as { it: Declare };
  const declare = scope.it;
  for (const [file, load] of files) {
    scope.it = (...args) => {
      const spec = declare(...args);
      fileOf.set(spec.id, file);
      return spec;
    };
    await load();
  }
  scope.it = declare;

  const results: TestResult[] = [];
  environment.configure({
    random: false,
    specFilter: (spec) => !leftOut(fileOf.get(spec.id) ?? '', spec.getFullName()),
  });
  environment.addReporter({
    specStarted: () => backend?.called.clear(),
    specDone({ id, fullName: name, status, failedExpectations }) {
      const messages = failedExpectations.map(({ message }) => message);
      const missing = messages.flatMap((message) => /^Error: Kernel '(\w+)' not registered/.exec(message)?.[1] ?? []);
      results.push({
        file: fileOf.get(id)!,
        name,
        status: status === 'passed' || status === 'failed' ? status : 'left out',
        messages,
        kernels: [...(backend?.called ?? []), ...missing],
      });
    },
  });
  await environment.execute();
  return results;
}
