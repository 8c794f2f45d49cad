import type { Engine } from '@segsde/jit';
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isBuilt } from './is-built.ts';
import { readManifest, type Case } from './manifest.ts';
import type { CaseResult } from './run-case.ts';

// Runs every case of a folder of golden numbers on the engines that every machine has, or on
// another one, and says how far each is from its tolerance.
//
//   npm run test:parity -- [--engine eager|onnx|onnx-webgpu|onnx-cuda|tensorflow] [--case GLOB]
// SEGSDE_FIXTURES=<folder>, default fixtures/

interface Job {
  item: Case;
  engine: Engine;
}

const everywhere: Engine[] = ['onnx', 'eager'];
const engines: Engine[] = [...everywhere, 'onnx-webgpu', 'onnx-cuda', 'tensorflow'];

// Cards compute in float32 here, not with TF32's 10 bits, unless they are told otherwise.
process.env.NVIDIA_TF32_OVERRIDE ??= '0';

function readOptions(): { folder: string; jobs: Job[] } {
  const { values } = parseArgs({
    options: { engine: { type: 'string' }, case: { type: 'string', default: '*' } },
  });
  const chosen = values.engine === undefined ? everywhere : engines.filter((engine) => engine === values.engine);
  if (chosen.length === 0) throw new Error(`--engine ${values.engine}: no such engine; one of ${engines.join(', ')}`);
  const folder = resolve(process.env.SEGSDE_FIXTURES || fileURLToPath(new URL('../../fixtures', import.meta.url)));
  const pattern = new RegExp(
    `^${values.case
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
  const items = readManifest(folder).cases.filter(({ name }) => pattern.test(name));
  if (items.length === 0) throw new Error(`--case ${values.case}: no case of that name in ${folder}`);
  return { folder, jobs: items.flatMap((item) => chosen.map((engine) => ({ item, engine }))) };
}

/** Networks take longest and start first, so that no process is left alone with one at the end. */
const longestFirst = (a: Job, b: Job) => parameters(b) - parameters(a);
const parameters = ({ item }: Job) => (item.weights ? 1 : 0) * (item.kind.startsWith('train_') ? 2 : 1);

/**
 * Runs jobs in child processes, one per core but at most two: memory, and the engines use threads
 * themselves.
 */
function runAll(folder: string, jobs: Job[], onResult: (result: CaseResult) => void): Promise<void> {
  const queue = [...jobs];
  const worker = fileURLToPath(new URL(`./worker${import.meta.url.slice(-3)}`, import.meta.url));
  const work = () =>
    new Promise<void>((done) => {
      let current: Job | undefined;
      const start = () => {
        const child = fork(worker, [folder]);
        const next = () => {
          current = queue.shift();
          if (current) child.send({ name: current.item.name, engine: current.engine });
          else child.disconnect();
        };
        child.on('message', (result: CaseResult) => {
          current = undefined;
          onResult({
            ...result,
            verdicts: result.verdicts.map((verdict) => ({ ...verdict, ratio: Number(verdict.ratio) })),
          });
          next();
        });
        child.on('exit', (code, signal) => {
          if (!current) return done();
          const verdicts = [{ output: 'error', ratio: Infinity, detail: `the process ended with ${signal ?? code}` }];
          onResult({ case: current.item.name, engine: current.engine, verdicts, seconds: 0 });
          start();
        });
        next();
      };
      start();
    });
  return Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work)).then(() => undefined);
}

function report({ case: name, engine, verdicts, seconds }: CaseResult, width: number): boolean {
  const sorted = verdicts.toSorted((a, b) => b.ratio - a.ratio);
  const failures = sorted.filter(({ ratio }) => !(ratio <= 1));
  const [worst] = sorted;
  const status = failures.length === 0 ? 'pass' : 'FAIL';
  const far = worst ? `${worst.ratio.toFixed(2).padStart(8)} of the tolerance (${worst.output})` : '';
  console.log(`${status}  ${engine.padEnd(5)}  ${name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${far}`);
  for (const { output, ratio, detail } of failures.slice(0, 12)) {
    console.log(`        ${output}: ${ratio.toPrecision(3)} of the tolerance: ${detail}`);
  }
  if (failures.length > 12) console.log(`        and ${failures.length - 12} more of ${verdicts.length}`);
  return failures.length === 0;
}

try {
  const { folder, jobs } = readOptions();
  const width = Math.max(...jobs.map(({ item }) => item.name.length));
  const missing = jobs.filter(({ item }) => !isBuilt(item));
  let passed = 0;
  let failed = 0;
  await runAll(folder, jobs.filter(({ item }) => isBuilt(item)).sort(longestFirst), (result) => {
    if (report(result, width)) passed++;
    else failed++;
  });
  for (const { item, engine } of missing) console.log(`not built  ${engine.padEnd(5)}  ${item.name} (${item.kind})`);
  console.log(`${passed} passed, ${failed} failed, ${missing.length} not built`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  console.error(`parity: ${(error as Error).message}`);
  process.exitCode = 1;
}
