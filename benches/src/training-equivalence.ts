// 500 steps of a small SegSDE training beside PyTorch: same weights, batches and draws. Both must end alike.
//
//     npm run bench -- training-equivalence [--json] [--engine onnx|tensorflow]
//
// PYTHON names a Python interpreter that has PyTorch 2.13 and NumPy. The loss curves go to docs/training-equivalence.svg.
import '@tensorflow/tfjs-backend-cpu';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { writeSafetensors } from '@segsde/models';
import { iouScores } from '@segsde/metrics';
import { ITERATIONS, NETWORK, equivalenceRun } from './equivalence/equivalence-run.ts';
import { lossCurves } from './equivalence/loss-curves.ts';
import type { Trained } from './equivalence/trained.ts';
import { benchOptions } from './harness/bench-options.ts';
import { torchVersion } from './harness/torch-version.ts';
import { segmentationParts } from './segsde/segmentation-parts.ts';

const bench = 'training-equivalence';
/** What the losses end with is their mean over so many steps. */
const LAST = 50;
const THREADS = [1, 2];
const COLORS = ['#d62728', '#1f77b4', '#2ca02c'];
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Runs a program that prints one line of JSON. */
function train(program: string, args: string[]): Promise<Trained> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`${program} ended with code ${code}`)),
    );
  });
}

async function main(): Promise<void> {
  enableProdMode();
  const { json, engine } = benchOptions(process.argv.slice(2));
  const say = json ? () => undefined : console.log;
  const python = process.env.PYTHON;
  const version = torchVersion(python);
  const folder = await mkdtemp(join(tmpdir(), `segsde-${bench}-`));
  const runs: { name: string; trained: Trained }[] = [];
  try {
    const start = join(folder, 'start.safetensors');
    const networks = segmentationParts(NETWORK);
    const weights = [...(await networks.weights('student.')), ...(await networks.weights('teacher.'))];
    await writeSafetensors(start, new Map([...equivalenceRun(), ...weights]));

    const ours = await train(process.execPath, [here('equivalence/train.js'), engine, start]);
    runs.push({ name: `segsde ${engine}`, trained: ours });
    for (const threads of THREADS) {
      const args = ['-B', here('../python/training_equivalence.py'), start, 'NCHW', String(threads)];
      const name = `PyTorch, ${threads} thread${threads > 1 ? 's' : ''}`;
      runs.push({ name, trained: await train(python!, args) });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }

  const curves = (loss: 'supervised' | 'consistency') =>
    runs.map(({ name, trained }, i) => ({ name, color: COLORS[i], values: trained[loss] }));
  await writeFile(
    here('../../docs/training-equivalence.svg'),
    lossCurves([
      { title: 'Cross entropy on labels', curves: curves('supervised') },
      { title: 'Cross entropy on pseudo labels', curves: curves('consistency') },
    ]),
  );

  const end = (values: number[]) => values.slice(-LAST).reduce((a, b) => a + b) / LAST;
  const results = runs.map(({ name, trained: { supervised, consistency, confusion } }) => ({
    name,
    supervised: end(supervised),
    consistency: end(consistency),
    miou: iouScores({ classes: NETWORK.classes, counts: Float64Array.from(confusion) }).mean,
  }));
  say(`${ITERATIONS} steps, PyTorch ${version}; losses are means of the last ${LAST} steps`);
  for (const { name, supervised, consistency, miou } of results) {
    say(`${name}: supervised ${supervised.toFixed(4)}, consistency ${consistency.toFixed(4)}, mIoU ${miou.toFixed(4)}`);
  }
  const [ours, ...peers] = results;
  const verdict = (['supervised', 'consistency', 'miou'] as const).map((what) => {
    const theirs = peers.map((peer) => peer[what]);
    const spread = Math.max(...theirs) - Math.min(...theirs);
    const away = Math.min(...theirs.map((value) => Math.abs(ours[what] - value)));
    const between = Math.min(...theirs) <= ours[what] && ours[what] <= Math.max(...theirs);
    return { what, ours: ours[what], peers: theirs, spread, away, near: away <= spread, between };
  });
  for (const { what, spread, away, near, between } of verdict) {
    say(
      `${what}: ${away.toFixed(4)} from the nearer run of PyTorch, whose runs differ by ${spread.toFixed(4)}: ` +
        `${near ? 'near' : 'TOO FAR'}, ${between ? 'between them' : 'not between them'}`,
    );
  }
  console.log(JSON.stringify({ bench, engine, peer_name: `PyTorch ${version}`, results: verdict }));
  if (verdict.some(({ near }) => !near)) process.exitCode = 1;
}

await main().catch((error: Error) => {
  console.error(`bench: ${bench}: ${error.message}`);
  process.exitCode = 1;
});
