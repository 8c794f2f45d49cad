import { getBackend, ready, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';

/**
 * Makes `work` run on the faster of TensorFlow.js's own backends that has all its kernels.
 *
 * @returns what to call it
 */
export async function useFastestBackend(work) {
  await setBackend('wasm');
  try {
    work();
    return 'wasm';
  } catch (error) {
    const [, kernel] = /Kernel '(\w+)'/.exec(error.message) ?? [];
    if (!kernel) throw error;
    await setBackend('cpu');
    await ready();
    work();
    return `${getBackend()}, as wasm lacks ${kernel}`;
  }
}
