// 500 steps of a small SegSDE training beside PyTorch, four times: same weights, batches and draws.
// Both sides must end alike on average.
//
//     npm run bench -- training-equivalence [--json] [--engine onnx|tensorflow]
//
// PYTHON names a Python interpreter that has PyTorch 2.13 and NumPy. The loss curves go to
// docs/training-equivalence.svg.
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
import { nudged } from './equivalence/nudged.ts';
import { lossCurves } from './equivalence/loss-curves.ts';
import type { Trained } from './equivalence/trained.ts';
import { benchOptions } from './harness/bench-options.ts';
import { torchVersion } from './harness/torch-version.ts';
import { segmentationParts } from './segsde/segmentation-parts.ts';

const bench = 'training-equivalence';
/** What the losses end with is their mean over so many steps. */
const LAST = 50;
/**
 * Training amplifies rounding: after ten steps two runs of the same program with other threads
 * differ in the second digit. So each side runs several times.
 */
const RUNS = 4;
const COLORS = { ours: '#d62728', theirs: '#1f77b4' };
/** Any weight that reaches all of the network. */
const FIRST_FILTERS = ['student.encoder.encoder.conv1.weight', 'teacher.encoder.encoder.conv1.weight'];
const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
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
  const { json, engine, precision } = benchOptions(process.argv.slice(2));
  if (precision !== 'float32') throw new Error(`--precision ${precision}: trainings are compared in float32 only`);
  const say = json ? () => undefined : console.log;
  const python = process.env.PYTHON;
  const version = torchVersion(python);
  const folder = await mkdtemp(join(tmpdir(), `segsde-${bench}-`));
  const runs: { side: 'ours' | 'theirs'; name: string; trained: Trained }[] = [];
  try {
    const networks = segmentationParts(NETWORK);
    const weights = [...(await networks.weights('student.')), ...(await networks.weights('teacher.'))];
    const beginning = new Map([...equivalenceRun(), ...weights]);
    for (let run = 0; run < RUNS; run++) {
      const start = join(folder, 'start.safetensors');
      await writeSafetensors(start, run === 0 ? beginning : nudged(beginning, FIRST_FILTERS, run));
      const ours = await train(process.execPath, [here('equivalence/train.js'), engine, start]);
      runs.push({ side: 'ours', name: `segsde ${engine}`, trained: ours });
      const threads = String(1 + (run % 2));
      const script = here('../python/training_equivalence.py');
      const theirs = await train(python!, ['-B', script, start, 'NCHW', threads]);
      runs.push({ side: 'theirs', name: `PyTorch, threads: ${threads}`, trained: theirs });
      say(`${run + 1} of ${RUNS} runs of either side done`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }

  const labels = { ours: `segsde ${engine}`, theirs: `PyTorch ${version}` };
  const curves = (loss: 'supervised' | 'consistency') =>
    runs.map(({ side, trained }, i) => ({
      name: i < 2 ? labels[side] : undefined,
      color: COLORS[side],
      values: trained[loss],
    }));
  await writeFile(
    here('../../docs/training-equivalence.svg'),
    lossCurves([
      { title: 'Cross entropy on labels', curves: curves('supervised') },
      { title: 'Cross entropy on pseudo labels', curves: curves('consistency') },
    ]),
  );

  const end = (values: number[]) => mean(values.slice(-LAST));
  const results = runs.map(({ side, name, trained: { supervised, consistency, confusion } }) => ({
    side,
    name,
    supervised: end(supervised),
    consistency: end(consistency),
    miou: iouScores({ classes: NETWORK.classes, counts: Float64Array.from(confusion) }).mean,
  }));
  say(`${ITERATIONS} steps, PyTorch ${version}; losses are means of the last ${LAST} steps`);
  for (const { name, supervised, consistency, miou } of results) {
    say(`${name}: supervised ${supervised.toFixed(4)}, consistency ${consistency.toFixed(4)}, mIoU ${miou.toFixed(4)}`);
  }
  const verdict = (['supervised', 'consistency', 'miou'] as const).map((what) => {
    const of = (wanted: 'ours' | 'theirs') =>
      results.filter(({ side }) => side === wanted).map((result) => result[what]);
    const [ours, theirs] = [of('ours'), of('theirs')];
    const apart = Math.abs(mean(ours) - mean(theirs));
    const spread = Math.max(...theirs) - Math.min(...theirs);
    return { what, ours, theirs, apart, spread, near: apart <= spread };
  });
  for (const { what, ours, theirs, apart, spread, near } of verdict) {
    say(
      `${what}: ours ${mean(ours).toFixed(4)}, PyTorch's ${mean(theirs).toFixed(4)} on average, ${apart.toFixed(4)} apart; ` +
        `PyTorch's runs differ by ${spread.toFixed(4)}: ${near ? 'near' : 'TOO FAR'}`,
    );
  }
  console.log(JSON.stringify({ bench, engine, peer_name: `PyTorch ${version}`, results: verdict }));
  if (verdict.some(({ near }) => !near)) process.exitCode = 1;
}

await main().catch((error: Error) => {
  console.error(`bench: ${bench}: ${error.message}`);
  process.exitCode = 1;
});
