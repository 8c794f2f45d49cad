import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The built command, as a user types it: `npm test` builds first.
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

let folder: string;
beforeAll(async () => {
  if (!existsSync(cli)) throw new Error('apps/trainer/dist is missing; build first (npx pnpm@10.34.8 build)');
  folder = await mkdtemp(join(tmpdir(), 'segsde-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The command, for a user whose data folder is `home` of the test's folder. */
function segsde(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: folder,
    env: { ...process.env, XDG_DATA_HOME: join(folder, 'home') },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const config = (over = '') => `
data: { root: pictures, height: 64, width: 64 }
selection: { labels: 2 }
train:
  iterations: 2
  variants: [{ name: baseline }]
${over}`;

/** What the command prints about a config: one line, and exit code 1. */
async function complaint(text: string, ...args: string[]): Promise<string> {
  await writeFile(join(folder, 'mine.yaml'), text);
  const { code, stdout, stderr } = await segsde('run', 'mine.yaml', ...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  return stderr.trimEnd();
}

test('help tells the commands and ends well', async () => {
  const { code, stdout } = await segsde('--help');
  expect(code).toBe(0);
  const pipeline = ['run', 'scenes', 'train-depth', 'export-depth', 'select', 'train', 'evaluate', 'predict'];
  for (const command of [...pipeline, 'export', 'engine', 'doctor']) {
    expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  }
  expect((await segsde('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a command, option or value that does not exist is one line', async () => {
  expect(await segsde('rnu', 'mine.yaml')).toEqual({
    code: 1,
    stdout: '',
    stderr: "segsde: unknown command 'rnu' (Did you mean run?)\n",
  });
  expect((await segsde('run', 'mine.yaml', '--seeds', 'many')).stderr).toMatch(/^segsde: .*--seeds.*whole number.*\n$/);
});

test('a config that is missing or has an unknown key is one line with its place', async () => {
  expect((await segsde('run', 'none.yaml')).stderr).toBe('segsde: none.yaml: no such file\n');
  expect(await complaint(config('sede: 3'))).toBe('segsde: mine.yaml:7:1  sede: unknown key. Did you mean "seed"?');
});

test('a data folder that is missing or empty is one line with its path', async () => {
  expect(await complaint(config())).toMatch(/^segsde: .*pictures.*/);
  expect(existsSync(join(folder, 'runs'))).toBe(false);
  await mkdir(join(folder, 'empty/leftImg8bit/train'), { recursive: true });
  expect(await complaint(config(), '--data', 'empty', '--out', 'runs/empty')).toMatch(
    /^segsde: .*empty\/leftImg8bit\/train/,
  );
});

test('predict wants a run folder and pictures that exist', async () => {
  await mkdir(join(folder, 'bare'), { recursive: true });
  expect((await segsde('predict', 'a.png', '--run', 'bare', '--out', 'out')).stderr).toBe(
    'segsde: bare: is no run folder, config.yaml is missing\n',
  );
  await writeFile(join(folder, 'bare/config.yaml'), config());
  expect((await segsde('predict', 'a.png', '--run', 'bare', '--out', 'out')).stderr).toBe(
    'segsde: a.png: no such file or folder\n',
  );
});

test('engines are listed, tested and removed', async () => {
  const listed = await segsde('engine', 'list');
  expect(listed.code).toBe(0);
  expect(listed.stdout).toMatch(/^onnx +\d+\.\d+\.\d+ +CPU +comes with npm$/m);
  expect(listed.stdout).toMatch(/^onnx-webgpu +\d+\.\d+\.\d+ +any graphics card +comes with npm$/m);
  expect(listed.stdout).toMatch(/^onnx-cuda +- +not installed: segsde engine install onnx-cuda$/m);
  expect(listed.stdout).toMatch(/^tensorflow +- +not installed: segsde engine install tensorflow$/m);
  const tested = await segsde('engine', 'test');
  expect(tested).toMatchObject({ code: 0, stderr: 'trying onnx\ntrying onnx-webgpu\n' });
  expect(tested.stdout).toMatch(
    /^onnx: works\. ONNX Runtime .*\nonnx-webgpu: (works\. .*|no graphics card found)\nonnx-cuda: not installed\ntensorflow: not installed\n$/,
  );
  expect((await segsde('engine', 'remove', 'tensorflow')).stdout).toBe('tensorflow is not installed, nothing to do\n');
  expect(await segsde('engine', 'install', 'onnx')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      "segsde: command-argument value 'onnx' is invalid for argument 'name'. Allowed choices are tensorflow, onnx-cuda.\n",
  });
});

test('doctor tells machine and engines, and fails where one is broken', async () => {
  const well = await segsde('doctor');
  expect(well).toMatchObject({ code: 0, stderr: 'trying onnx\ntrying onnx-webgpu\n' });
  expect(well.stdout).toMatch(new RegExp(`^Node +${process.versions.node}, `, 'm'));
  expect(well.stdout).toMatch(
    /^onnx +usable, ONNX Runtime \S+ on the CPU, \d+ threads?, (convolutions in blocks of \d+ channels|standard operators only); a small training step takes [\d.]+ ms$/m,
  );
  expect(well.stdout).toMatch(/^onnx-webgpu +(usable, .*|no graphics card found)$/m);
  expect(well.stdout).toMatch(/^onnx-cuda +not installed: /m);
  expect(well.stdout).toMatch(/^tensorflow +not installed: /m);
  expect(well.stdout).toMatch(
    /^auto +onnx(-webgpu)?, [\d.]+ ms for a small training step \(.*tensorflow: not installed\)$/m,
  );

  const engine = join(folder, 'home/segsde/engines/tensorflow');
  await mkdir(engine, { recursive: true });
  await writeFile(join(engine, 'engine.json'), 'nonsense');
  const ill = await segsde('doctor');
  expect(ill).toMatchObject({ code: 1, stderr: expect.stringMatching(/\nsegsde: broken: tensorflow; see above\n$/) });
  expect(ill.stdout).toMatch(/^onnx +usable/m);
  expect(ill.stdout).toMatch(
    /^tensorflow +broken: .*engine\.json: is no JSON\. Run `segsde engine remove tensorflow`/m,
  );
  expect((await segsde('engine', 'list')).stderr).toMatch(/^segsde: .*engine\.json: is no JSON\..*\n$/);
  expect(await segsde('engine', 'remove', 'tensorflow')).toEqual({
    code: 0,
    stdout: `removed ${engine}\n`,
    stderr: '',
  });
});

test('engine auto is measured once, and a run goes on with the engine that it began with', async () => {
  await rm(join(folder, 'home'), { recursive: true, force: true });
  const scenes = `
scenes: { train: 1, val: 1, height: 64, width: 64 }
data: { height: 64, width: 64 }
selection: { labels: 1 }
train: { iterations: 1, variants: [{ name: baseline }] }
`;
  await writeFile(join(folder, 'scenes.yaml'), scenes);
  const engineOf = async (out: string) =>
    (JSON.parse(await readFile(join(folder, out, 'environment.json'), 'utf8')) as { engine: string }).engine;
  const first = await segsde('scenes', 'scenes.yaml', '--out', 'a');
  expect(first.code).toBe(0);
  const [, engine] = /^engine auto: (onnx\S*), .*ms for a small training step/m.exec(first.stderr)!;
  expect(first.stderr).toMatch(/^engine auto: measuring what works here, once$/m);
  expect(await engineOf('a')).toBe(engine);
  const second = await segsde('scenes', 'scenes.yaml', '--out', 'b');
  expect(second.stderr).toMatch(/^engine auto: .*; measured before$/m);
  const environment = join(folder, 'b/environment.json');
  await writeFile(environment, (await readFile(environment, 'utf8')).replace(`"${engine}"`, '"eager"'));
  expect((await segsde('scenes', 'scenes.yaml', '--out', 'b')).code).toBe(0);
  expect(await engineOf('b')).toBe('eager');
});

test('export wants a run folder, a trained variant and a place for the file', async () => {
  await mkdir(join(folder, 'untrained'), { recursive: true });
  expect((await segsde('export', 'untrained')).stderr).toMatch(/^segsde: required option '--out <file>'.*\n$/);
  expect((await segsde('export', 'untrained', '--out', 'model.onnx')).stderr).toBe(
    'segsde: untrained: is no run folder, config.yaml is missing\n',
  );
  await writeFile(join(folder, 'untrained/config.yaml'), config());
  expect((await segsde('export', 'untrained', '--out', 'model.onnx')).stderr).toBe(
    'segsde: untrained: "baseline" is not trained yet; use segsde train\n',
  );
  expect((await segsde('export', 'untrained', '--out', 'model.onnx', '--variant', 'baselne')).stderr).toBe(
    'segsde: --variant baselne: unknown. Did you mean "baseline"?\n',
  );
});
