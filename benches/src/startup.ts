// Seconds from the start of a fresh process to its first finished segmentation-step.
//
//     npm run bench -- startup [--json] [--engine onnx|tensorflow]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './harness/median.ts';
import { printResult } from './harness/print-result.ts';
import type { Startup } from './segmentation/startup.ts';

const RUNS = 3;
const worker = fileURLToPath(new URL('segmentation/startup-worker.js', import.meta.url));

function start(engine: string): Startup {
  const { status, stdout } = spawnSync(process.execPath, [worker, engine], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`the first step failed (code ${status})`);
  return JSON.parse(stdout);
}

await printResult('startup', async ({ engine, precision, say }) => {
  if (precision !== 'float32') throw new Error(`--precision ${precision}: the first step is measured in float32 only`);
  const runs: Startup[] = [];
  for (let run = 0; run < RUNS; run++) {
    runs.push(start(engine));
    const { imported, built, finished, peakMb } = runs[run];
    say(
      `imports ${imported.toFixed(2)} s, network and data ${(built - imported).toFixed(2)} s, first step ${(finished - built).toFixed(2)} s: ` +
        `${finished.toFixed(2)} s, ${Math.round(peakMb)} MB`,
    );
  }
  return {
    bench: 'startup',
    engine,
    ours: Number(median(runs.map(({ finished }) => finished)).toFixed(2)),
    peer: null,
    unit: 's',
    ratio: null,
    peer_name: null,
    ours_rss_mb: Math.round(median(runs.map(({ peakMb }) => peakMb))),
    peer_rss_mb: null,
  };
});
