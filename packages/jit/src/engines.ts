import { createRequire } from 'node:module';
import { BrokenEngine, findEngine, type NativeEngine } from '@segsde/native-engines';
import type { Engine } from './targets.ts';
import { findBinding } from './tensorflow/load-binding.ts';

const require = createRequire(import.meta.url);

/** What an engine is, as far as that is known without loading it. */
export interface EngineInfo {
  /** Its library, for people. */
  library: 'ONNX Runtime' | 'TensorFlow' | 'TensorFlow.js';
  /**
   * Its name in @segsde/native-engines, whose `installEngine` gets it; absent where npm brings it.
   */
  installable?: NativeEngine;
  /** Whether it computes on a graphics card, so that the processor is free meanwhile. */
  device(): 'cpu' | 'gpu';
  /** Version of its library; undefined if it is not there, or does not tell. */
  version(): string | undefined;
  /**
   * Why it cannot be used here, in a sentence, as far as that shows without loading it: whether a
   * graphics card is there does not. Undefined if nothing speaks against it.
   */
  unavailableBecause(): string | undefined;
  /**
   * How many calls of a function that assigns variables pay off when they are handed over at once,
   * with `series`.
   *
   * @param valuesInBatch numbers in the inputs of one call
   */
  callsTogether(valuesInBatch: number): number;
}

/**
 * On CUDA all variables are brought to the card and back with each series, which takes as long as a
 * few steps of training; more calls would keep more inputs in memory, and the caller waiting.
 */
const CUDA_CALLS = 25;
/** Numbers in the inputs of these calls, which lie on the card side by side: 256 MiB as float32. */
const CUDA_VALUES = 2 ** 26;

const onnxVersion = () => (require('onnxruntime-node/package.json') as { version: string }).version;

/** What is wrong with an engine's installation, in words. */
function problemOf(name: NativeEngine): string | undefined {
  try {
    return findEngine(name) ? undefined : `Engine "${name}" is not installed.`;
  } catch (error) {
    if (error instanceof BrokenEngine) return error.fault;
    throw error;
  }
}

const installed = (name: NativeEngine) => (problemOf(name) === undefined ? findEngine(name) : undefined);

const alone = () => 1;

/** The engines, those that need no installation and no card first. */
export const engines: Readonly<Record<Engine, EngineInfo>> = {
  onnx: {
    library: 'ONNX Runtime',
    device: () => 'cpu',
    version: onnxVersion,
    unavailableBecause: () => undefined,
    callsTogether: alone,
  },
  'onnx-webgpu': {
    library: 'ONNX Runtime',
    device: () => 'gpu',
    version: onnxVersion,
    unavailableBecause: () => undefined,
    callsTogether: alone,
  },
  'onnx-cuda': {
    library: 'ONNX Runtime',
    installable: 'onnx-cuda',
    device: () => 'gpu',
    version: () => installed('onnx-cuda')?.library,
    unavailableBecause: () => problemOf('onnx-cuda'),
    callsTogether: (valuesInBatch) => Math.max(1, Math.min(CUDA_CALLS, Math.floor(CUDA_VALUES / valuesInBatch))),
  },
  tensorflow: {
    library: 'TensorFlow',
    installable: 'tensorflow',
    device: () => (findBinding()?.gpu ? 'gpu' : 'cpu'),
    version: () => installed('tensorflow')?.library,
    unavailableBecause: () => (findBinding() ? undefined : problemOf('tensorflow')),
    callsTogether: alone,
  },
  eager: {
    library: 'TensorFlow.js',
    device: () => 'cpu',
    version: () => (require('@tensorflow/tfjs-core/package.json') as { version: string }).version,
    unavailableBecause: () => undefined,
    callsTogether: alone,
  },
};

/** Their names, in that order. */
export const engineNames = Object.keys(engines) as [Engine, ...Engine[]];
