import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { env, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import type { Engine } from '@segsde/jit';
import { readManifest } from './manifest.ts';
import { runCase } from './run-case.ts';

// A child process of cli.ts: gets one case and engine at a time, answers with the verdicts.
env().set('PROD', true); // Keeps the JavaScript backend from advertising tfjs-node.
const folder = process.argv[2];
const manifest = readManifest(folder);

process.on('message', async ({ name, engine }: { name: string; engine: Engine }) => {
  const item = manifest.cases.find((candidate) => candidate.name === name)!;
  // The JavaScript backend is what everybody has; whole networks would take it half an hour.
  await setBackend(item.weights ? 'wasm' : 'cpu');
  const result = await runCase(folder, manifest, item, engine);
  // Infinity does not survive JSON.
  process.send!({
    ...result,
    verdicts: result.verdicts.map((verdict) => ({ ...verdict, ratio: String(verdict.ratio) })),
  });
});
