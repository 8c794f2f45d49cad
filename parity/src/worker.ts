import '@tensorflow/tfjs-backend-cpu';
import { env, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import type { Engine } from '@segsde/jit';
import { readManifest } from './manifest.ts';
import { runCase } from './run-case.ts';

// A child process of cli.ts: gets one case and engine at a time, answers with the verdicts.
env().set('IS_TEST', true); // Keeps the JavaScript backend from advertising tfjs-node.
await setBackend('cpu');
const folder = process.argv[2];
const manifest = readManifest(folder);

process.on('message', async ({ name, engine }: { name: string; engine: Engine }) => {
  const item = manifest.cases.find((candidate) => candidate.name === name)!;
  const result = await runCase(folder, manifest, item, engine);
  // Infinity does not survive JSON.
  process.send!({
    ...result,
    verdicts: result.verdicts.map((verdict) => ({ ...verdict, ratio: String(verdict.ratio) })),
  });
});
