// Our side of a bench: node contestant.js WORK ENGINE PRECISION [file to write the start of the
// work to]
//
// ENGINE is one of the compiled ones, or eager-tfjs-node or eager-wasm.
import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import type { Engine } from '@segsde/jit';
import { writeSafetensors } from '@segsde/models';
import { serveWork } from './harness/serve-work.ts';
import { works } from './works.ts';

const EAGER: Record<string, { module: string; backend: string }> = {
  'eager-tfjs-node': { module: '@tensorflow/tfjs-node', backend: 'tensorflow' },
  'eager-wasm': { module: '@tensorflow/tfjs-backend-wasm', backend: 'wasm' },
};

const [name, engine, precision, path] = process.argv.slice(2);
await serveWork(async () => {
  const eager = EAGER[engine];
  if (eager) {
    await import(eager.module);
    if (!(await setBackend(eager.backend))) throw new Error(`the backend ${eager.backend} does not start`);
  }
  const work = await works[name]({
    engine: eager ? 'eager' : (engine as Engine),
    mixedPrecision: precision === 'bfloat16' ? precision : undefined,
  });
  if (path !== undefined) await writeSafetensors(path, await work.beginning());
  return work;
});
