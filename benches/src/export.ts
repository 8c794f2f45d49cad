// Networks as ONNX files, checked by the onnx package and run by Python's onnxruntime, beside what
// TensorFlow.js computes eagerly.
//
//     npm run bench -- export [--json]
//
// PYTHON names a Python interpreter that has onnx and onnxruntime.
import '@tensorflow/tfjs-backend-cpu';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dispose, enableProdMode, randomUniform, tidy } from '@tensorflow/tfjs-core';
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { exportOnnx } from '@segsde/jit';
import { exportedNetworks, type ExportedNetwork } from './export/exported-networks.ts';
import { printResult } from './harness/print-result.ts';

const [HEIGHT, WIDTH] = [64, 128];
const BATCHES = [1, 3];
const checker = fileURLToPath(new URL('../python/check_export.py', import.meta.url));

interface Checked {
  name: string;
  nodes: number;
  megabytes: number;
  /** Largest difference of a result, in units of that result's largest value. */
  difference: number;
  /** Share of labels that are the same; null where the network has none. */
  labels: number | null;
}

interface Verdict {
  onnx: string;
  onnxruntime: string;
  networks: Checked[];
}

/**
 * Writes the file, and what goes in and should come out for some batches.
 *
 * @returns what the checker reads
 */
async function prepare({ name, predict }: ExportedNetwork, folder: string) {
  const model = join(folder, `${name}.onnx`);
  await writeFile(model, await exportOnnx(predict, { image: { shape: [null, HEIGHT, WIDTH, 3] } }, { name }));
  const store = async (file: string, tensor: Tensor) => {
    const path = join(folder, file);
    await writeFile(path, new Uint8Array((await tensor.data()).slice().buffer));
    return { path, dtype: tensor.dtype, shape: tensor.shape };
  };
  const runs = [];
  for (const batch of BATCHES) {
    const image = randomUniform<Rank.R4>([batch, HEIGHT, WIDTH, 3], 0, 1, 'float32', batch);
    const results = tidy(() => predict({ image }));
    const outputs: Record<string, unknown> = {};
    for (const [key, tensor] of Object.entries(results))
      outputs[key] = await store(`${name}-${batch}-${key}.bin`, tensor);
    runs.push({ inputs: { image: await store(`${name}-${batch}.bin`, image) }, outputs });
    dispose([image, results]);
  }
  return { name, model, runs };
}

function check(python: string | undefined, manifest: string): Verdict {
  const advice = 'python3 -m pip install onnx onnxruntime numpy';
  if (!python) throw new Error(`set PYTHON to a Python interpreter that has onnx and onnxruntime (${advice})`);
  const { status, stdout, stderr, error } = spawnSync(python, [checker, manifest], { encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout);
  throw new Error(error?.message ?? stderr.trim().split('\n').at(-1));
}

await printResult('export', async ({ say }) => {
  enableProdMode();
  const folder = await mkdtemp(join(tmpdir(), 'segsde-export-'));
  try {
    const entries = [];
    for (const network of exportedNetworks()) entries.push(await prepare(network, folder));
    const manifest = join(folder, 'manifest.json');
    await writeFile(manifest, JSON.stringify(entries));
    const { networks, ...versions } = check(process.env.PYTHON, manifest);
    say(
      `Checked by onnx ${versions.onnx}, run by onnxruntime ${versions.onnxruntime} with ${BATCHES.join(' and ')} images:`,
    );
    for (const { name, nodes, megabytes, difference, labels } of networks) {
      const agreement = labels === null ? '' : `, ${(100 * labels).toFixed(2)} % of the labels are the same`;
      say(`${name}: ${nodes} nodes, ${megabytes} MB, differs from eager by ${difference.toExponential(1)}${agreement}`);
    }
    return { bench: 'export', opset: 17, ...versions, networks };
  } finally {
    await rm(folder, { recursive: true });
  }
});
