import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import sharp from 'sharp';

// The built command on a config of a user's own: a mixing rule and a dataset from a module,
// everything tiny.
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

const module = `
import { defineDataset, defineMixing } from '@segsde/trainer';
import type { Sample } from '@segsde/data-loaders';
import { add, concat, mul, ones, sub, zeros, type Tensor4D } from '@tensorflow/tfjs-core';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { z } from 'zod';

/** A wall with a texture that moves by one pixel a frame, above a striped floor. */
export const moving = defineDataset({
  name: 'moving',
  options: z.strictObject({ frames: z.int().default(6) }),
  open: ({ split }, { frames }) => {
    const ids = Array.from({ length: frames }, (_, i) => split + '/' + String(i).padStart(3, '0'));
    return {
      name: 'moving',
      classes: [
        { name: 'wall', color: [200, 100, 0] },
        { name: 'floor', color: [0, 100, 200] },
      ],
      ids,
      async load(which, { width, height, label, neighbours }): Promise<Sample> {
        const index = typeof which === 'number' ? which : ids.indexOf(which);
        const isFloor = (y: number) => y > height * (0.5 + (index % 5) / 20);
        const image = (time: number) => {
          const data = new Uint8Array(width * height * 3);
          for (let y = 0; y < height; y++)
            for (let x = 0; x < width; x++)
              for (let c = 0; c < 3; c++)
                data[(y * width + x) * 3 + c] = 128 + 100 * Math.sin((x + time) * (isFloor(y) ? 0.9 : 0.4) + c + y * 0.3);
          return { width, height, data };
        };
        const labels = Uint8Array.from({ length: width * height }, (_, i) => (isFloor(Math.floor(i / width)) ? 1 : 0));
        return {
          id: ids[index],
          image: image(index),
          ...(label && { label: { width, height, data: labels } }),
          ...(neighbours && {
            neighbours: neighbours.map((offset) => image(index + offset)),
            intrinsics: { fx: width, fy: width, u0: width / 2, v0: height / 2 },
          }),
        };
      },
    };
  },
});

export default defineMixing({
  name: 'one-side',
  options: z.strictObject({ keep: z.number().default(0.5) }),
  draw: (random, { batch }) => ({ left: Array.from({ length: batch }, () => [[[uniformInt(random, 0, 1)]]]) }),
  mask({ disparity, draws }, { keep }): Tensor4D {
    const [batch, height, width] = disparity.shape;
    const side = Math.round(width * keep);
    const left = concat<Tensor4D>([ones([batch, height, side, 1]), zeros([batch, height, width - side, 1])], 2);
    return add<Tensor4D>(mul(left, draws.left), mul(sub(1, left), sub(1, draws.left)));
  },
});
`;

const config = `
name: tiny
modules: [./mine.ts]
data: { dataset: moving, root: ., height: 64, width: 64 }
model:
  encoder: { width: 8 }
  decoder: { channels: [8, 8, 8, 8, 8] }
  segmentation: { layerChannels: 8 }
  pose: { width: 8 }
depth: { iterations: 3, batchSize: 2, scales: [0, 1], checkpointEvery: 2 }
selection:
  method: diversity
  labels: 4
train:
  iterations: 3
  variants:
    - name: mine
      init: depth
      labels: selected
      unlabelled: { mixing: { name: one-side, keep: 0.4 } }
evaluate: { batchSize: 4 }
report: { panels: 1 }
`;

let folder: string;
beforeAll(async () => {
  if (!existsSync(cli)) throw new Error('apps/trainer/dist is missing; build first (npx pnpm@10.34.8 build)');
  folder = await mkdtemp(join(tmpdir(), 'segsde-pipeline-'));
  await writeFile(join(folder, 'mine.ts'), module);
  await writeFile(join(folder, 'tiny.yaml'), config);
});
afterAll(() => rm(folder, { recursive: true }));

interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

function segsde(args: string[], watch?: (child: ChildProcess, stderr: string) => void): Promise<Finished> {
  const env = { ...process.env, XDG_DATA_HOME: join(folder, 'home') };
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => {
    stderr += text;
    watch?.(child, stderr);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const readReport = async (run: string) => JSON.parse(await readFile(join(folder, run, 'report.json'), 'utf8'));

test('a pipeline with a dataset and a mixing rule from a module of the user runs to the report', async () => {
  const { code, stdout, stderr } = await segsde(['run', 'tiny.yaml']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expect(stdout).toMatch(/IoU in % +mine/);
  const report = await readReport('runs/tiny');
  expect(Object.keys(report.results)).toEqual(['mine']);
  expect(report.results.mine).toMatchObject({ mIoU: expect.any(Number), labels: 4 });
  expect(new Set(Object.values(report.engines))).toEqual(new Set(['onnx']));
  expect(await readdir(join(folder, 'runs/tiny/panels'))).toHaveLength(1);
  const metrics = (await readFile(join(folder, 'runs/tiny/metrics.jsonl'), 'utf8')).trim().split('\n');
  const stages = new Set(metrics.map((line) => JSON.parse(line).stage));
  expect(stages).toEqual(new Set(['depth', 'segmentation/mine']));

  const again = await segsde(['run', 'tiny.yaml']);
  expect(again.code).toBe(0);
  expect(again.stderr.match(/done before/g)).toHaveLength(6);
  expect(again.stdout).toBe(stdout);

  const changed = await segsde(['run', 'tiny.yaml', '--set', 'depth.iterations=4']);
  expect(changed).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^segsde: depth\.iterations is 4 now, but was 3 when "depth" was made\..*\n$/),
  });

  const panels = join('runs/tiny/panels', (await readdir(join(folder, 'runs/tiny/panels')))[0]);
  const predicted = await segsde(['predict', panels, '--run', 'runs/tiny', '--out', 'predicted']);
  expect(predicted).toMatchObject({ code: 0, stdout: '1 pictures in predicted\n' });
  expect((await readdir(join(folder, 'predicted'))).map((name) => name.replace(/^.*_/, '')).sort()).toEqual([
    'color.png',
    'disparity.json',
    'disparity.png',
    'label.png',
  ]);

  const exported = await segsde(['export', 'runs/tiny', '--out', 'tiny.onnx']);
  expect(exported).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^tiny\.onnx: image \[batch, 64, 64, 3\] to logits, labels, disparity; \d+\.\d MB\n$/,
    ),
    stderr: expect.any(String),
  });
  const session = await InferenceSession.create(join(folder, 'tiny.onnx'));
  const { data } = await sharp(join(folder, panels))
    .resize(64, 64, { fit: 'fill', kernel: 'lanczos3' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const picture = Float32Array.from(data, (value) => value / 255);
  const { labels, disparity } = await session.run({ image: new OrtTensor('float32', picture, [1, 64, 64, 3]) });
  const [labelFile] = (await readdir(join(folder, 'predicted'))).filter((name) => name.endsWith('_label.png'));
  const { data: predictedLabels } = decode(await readFile(join(folder, 'predicted', labelFile)));
  expect(Array.from(labels.data as Int32Array)).toEqual(Array.from(predictedLabels));
  expect(disparity.dims).toEqual([1, 64, 64, 1]);

  // Trained on an engine that this machine lacks.
  const resolved = join(folder, 'runs/tiny/config.yaml');
  await writeFile(resolved, (await readFile(resolved, 'utf8')).replace(/^engine: .*$/m, 'engine: onnx-cuda'));
  const elsewhere = await segsde(['predict', panels, '--run', 'runs/tiny', '--out', 'elsewhere']);
  expect(elsewhere).toMatchObject({ code: 0, stdout: '1 pictures in elsewhere\n' });
  expect(elsewhere.stderr).toMatch(/^Engine "onnx-cuda" is not installed\. .* Engine onnx takes its place\.$/m);
  expect(await readFile(join(folder, 'elsewhere', labelFile))).toEqual(
    await readFile(join(folder, 'predicted', labelFile)),
  );
  expect(await segsde(['export', 'runs/tiny', '--out', 'again.onnx'])).toMatchObject({ code: 0 });
}, 300_000);

test('a run that is stopped by Ctrl-C goes on and ends with the same weights', async () => {
  let sent = false;
  const stopped = await segsde(['train-depth', 'tiny.yaml', '--out', 'stopped'], (child, stderr) => {
    if (sent || !stderr.includes('learn depth')) return;
    sent = true;
    child.kill('SIGINT');
  });
  expect(stopped.code).toBe(1);
  expect(stopped.stderr).toMatch(/segsde: stopped\. What was done is saved; the same command goes on from there\.\n$/);
  const { code, stderr } = await segsde(['train-depth', 'tiny.yaml', '--out', 'stopped']);
  expect(code).toBe(0);
  expect(stderr).toContain('depth: going on after iteration 1');
  const weights = (run: string) => readFile(join(folder, run, 'depth/depth.safetensors'));
  expect((await weights('stopped')).equals(await weights('runs/tiny'))).toBe(true);
}, 300_000);
