import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { DownloadInterrupted } from './download.ts';
import { EngineError } from './errors.ts';
import { findEngine } from './find-engine.ts';
import { installEngine, type InstallOptions } from './install-engine.ts';
import { removeEngine } from './remove-engine.ts';
import { LINUX, standIns, type StandIns, tarball, TESTED, wheel, WHEEL } from './stand-ins.test.kit.ts';

let folder: string;
let data: string;
let world: StandIns;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segsde-install-'));
  data = join(folder, 'data');
  world = await standIns(folder);
});
afterEach(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

const install = (options: InstallOptions = {}) =>
  installEngine('tensorflow', { data, programs: world.programs, host: world.host, machine: LINUX, ...options });

/** The error that an installation ends with. */
async function failure(options: InstallOptions = {}): Promise<Error> {
  const error = await install(options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}

/** An installation fails with a plain error, and nothing is left of it. */
async function complaint(options: InstallOptions = {}): Promise<string> {
  const error = await failure(options);
  expect(error).toBeInstanceOf(EngineError);
  expect(existsSync(data)).toBe(false);
  return error.message;
}

const filesBelow = async (path: string) =>
  (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(path.length + 1))
    .sort();

test('the engine is built from the wheel where tfjs-node has no binaries, and found afterwards', async () => {
  const { engine, test: tested } = await install();
  expect(tested).toEqual(TESTED);
  expect(engine).toEqual(findEngine('tensorflow', { data }));
  expect(engine).toMatchObject({ library: '2.21.0', gpu: false, mixedPrecision: false });
  expect(await readFile(engine.binding, 'utf8')).toBe('framework// C API');
  expect(await filesBelow(data)).toEqual(
    [
      'engine.json',
      'tensorflow/libtensorflow_cc.so.2',
      'tensorflow/libtensorflow_framework.so.2',
      'tfjs_binding.node',
    ].map((name) => `engines/tensorflow/${name}`),
  );
});

test('a second installation does nothing', async () => {
  const { engine } = await install();
  const asked = world.requests.length;
  expect(await install()).toEqual({ engine, test: undefined });
  expect(world.requests.length).toBe(asked);
});

test('progress tells the steps and counts the bytes of downloads', async () => {
  const steps: string[] = [];
  let bytes: unknown;
  await install({
    onProgress: (progress) => {
      if (progress.kind === 'step') steps.push(progress.text);
      else bytes = progress;
    },
  });
  const { length } = wheel();
  expect(bytes).toEqual({ kind: 'download', fileName: WHEEL, received: length, total: length });
  expect(steps.at(-1)).toBe('testing the engine with a training step');
  expect(steps).toContain('compiling the binding');
});

test("tfjs-node's own binaries are taken where their host has them", async () => {
  const library = await tarball(folder, 'library.tar.gz', { 'lib/libtensorflow.so.2': 'library', 'include/c.h': '//' });
  const binding = await tarball(folder, 'binding.tar.gz', { 'napi-v8/tfjs_binding.node': 'binding' });
  const paths = {
    '/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz': library,
    '/tf-builds/pre-built-binary/napi-v8/4.22.0/CPU-linux-4.22.0.tar.gz': binding,
  };
  for (const [path, file] of Object.entries(paths)) world.files.set(path, await readFile(file));
  const missing = { python: '/none', npm: '/none', compilers: [] };
  const { engine } = await install({ programs: { ...world.programs, ...missing } });
  expect(await readFile(engine.binding, 'utf8')).toBe('binding');
  expect(await filesBelow(engine.folder)).toEqual([
    'deps/lib/libtensorflow.so.2',
    'engine.json',
    'lib/napi-v8/tfjs_binding.node',
  ]);
});

test("tfjs-node's own binaries that do not work here give way to the wheel", async () => {
  const library = await tarball(folder, 'library.tar.gz', { 'lib/libtensorflow.so.2': 'library' });
  const binding = await tarball(folder, 'binding.tar.gz', { 'napi-v8/tfjs_binding.node': 'too new for this libc' });
  world.files.set('/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz', await readFile(library));
  world.files.set('/tf-builds/pre-built-binary/napi-v8/4.22.0/CPU-linux-4.22.0.tar.gz', await readFile(binding));
  const node = await world.script('picky', 'grep -q "too new" "$2" && exit 1', `echo '${JSON.stringify(TESTED)}'`);
  const { engine } = await install({ programs: { ...world.programs, node } });
  expect(engine.binding).toBe(join(data, 'engines/tensorflow/tfjs_binding.node'));
});

test('all that is missing is said at once, before anything is fetched', async () => {
  const nothing = { python: join(folder, 'none3'), npm: join(folder, 'no-npm'), compilers: ['none++'] };
  const message = await complaint({ programs: { ...world.programs, ...nothing } });
  expect(message).toMatch(
    /^TensorFlow cannot be installed here\. From tfjs-node's own binaries: 127\.0\.0\.1:\d+ answers with 404/,
  );
  expect(message).toMatch(/no C\+\+ compiler \(none\+\+\); on Debian or Ubuntu: apt install g\+\+/);
  expect(message).toMatch(/no \S+none3 with pip, .*apt install python3-pip/);
  expect(message).toMatch(/no \S+no-npm, which comes with Node/);
  expect(world.requests.filter((request) => request.startsWith('GET'))).toEqual([]);
});

test('a machine that is not supported is told so', async () => {
  expect(await complaint({ machine: { platform: 'win32', arch: 'x64' } })).toMatch(
    /it works on Linux, not on win32 x64/,
  );
  expect(await complaint({ gpu: true, machine: { platform: 'linux', arch: 'arm64' } })).toMatch(
    /with CUDA it works on x64, not on arm64/,
  );
});

const failing = (message: string, unless = '') => [unless, `echo "${message}" >&2`, 'exit 1'];

test('whatever step fails, its program is quoted and nothing is left', async () => {
  const asked = '[ "$3" = --version ] && exit 0';
  const known = '[ "$1" = --version ] && exit 0';
  const breaks: [string, Partial<StandIns['programs']>][] = [
    ['ERROR: no index', { python: await world.script('p', ...failing('ERROR: no index', asked)) }],
    ['code E404', { npm: await world.script('n', ...failing('npm error code E404', known)) }],
    [
      'fatal error: no c_api.h',
      { compilers: [await world.script('c', ...failing('x.cc:1: fatal error: no c_api.h', known))] },
    ],
    ['a wrong value', { node: await world.script('t', ...failing('Error: a convolution gives a wrong value')) }],
  ];
  for (const [quoted, broken] of breaks) {
    expect(await complaint({ programs: { ...world.programs, ...broken } })).toContain(quoted);
  }
});

test('a crash of the library is a failed test', async () => {
  const node = await world.script('node', 'kill -ILL $$');
  expect(await complaint({ programs: { ...world.programs, node } })).toMatch(/SIGILL.*needs a processor with AVX/);
});

test('a damaged wheel is refused and not kept', async () => {
  world.files.set(`/wheels/${WHEEL}`, Buffer.from('PK something else'));
  expect(await complaint()).toMatch(/SHA-256 is wrong/);
});

test('a wheel on this machine is taken from where it is, and stays', async () => {
  const local = join(folder, WHEEL);
  await writeFile(local, wheel());
  const found = { download_info: { url: `file://${local}`, archive_info: {} } };
  await writeFile(join(folder, 'report.json'), JSON.stringify({ install: [found] }));
  await install();
  expect(existsSync(local)).toBe(true);

  await removeEngine('tensorflow', { data });
  await writeFile(local, wheel().subarray(0, 1000));
  expect(await complaint()).toMatch(/whl: is damaged/);
});

test('a wheel without the library is refused', async () => {
  const local = join(folder, WHEEL);
  await writeFile(local, zipSync({ 'tensorflow/__init__.py': strToU8('') }));
  const found = { download_info: { url: `file://${local}` } };
  await writeFile(join(folder, 'report.json'), JSON.stringify({ install: [found] }));
  expect(await complaint()).toContain(`libtensorflow_cc.so.2, libtensorflow_framework.so.2: not in ${WHEEL}`);
});

test('a pip that cannot tell addresses downloads by itself', async () => {
  await writeFile(join(folder, WHEEL), wheel());
  const python = await world.script(
    'old-python',
    'case "$*" in *--version*) exit 0;; *--report*) echo "no such option: --report" >&2; exit 2;; esac',
    `while [ "$1" != --dest ]; do shift; done; cp ${join(folder, WHEEL)} "$2"`,
  );
  await install({ programs: { ...world.programs, python } });
  expect(findEngine('tensorflow', { data })?.library).toBe('2.21.0');
  expect(existsSync(join(data, 'downloads'))).toBe(false);
});

test('where only pip knows the way to the index, pip downloads', async () => {
  world.files.set(`/wheels/${WHEEL}`, (_, response) => void response.writeHead(401).end());
  await writeFile(join(folder, WHEEL), wheel());
  const python = await world.script(
    'python-with-password',
    'case "$*" in *--version*) exit 0;;',
    `*--report*) cat ${folder}/report.json; exit 0;; esac`,
    `while [ "$1" != --dest ]; do shift; done; cp ${join(folder, WHEEL)} "$2"`,
  );
  await install({ programs: { ...world.programs, python } });
  expect(findEngine('tensorflow', { data })?.library).toBe('2.21.0');
});

test('a Python that has no wheels is no obstacle: those of another one are asked for', async () => {
  const python = await world.script(
    'ancient-python',
    `case "$*" in *--version*) exit 0;; *--python-version=3.12*--platform=manylinux*) cat ${folder}/report.json;;`,
    '*) echo "ERROR: No matching distribution found for tensorflow-cpu" >&2; exit 1;; esac',
  );
  await install({ programs: { ...world.programs, python } });
  expect(findEngine('tensorflow', { data })?.library).toBe('2.21.0');
});

test('a download that breaks off is kept, and the next installation goes on from there', async () => {
  const content = wheel();
  const half = Math.floor(content.length / 2);
  const path = `/wheels/${WHEEL}`;
  world.files.set(path, ({ method, headers }, response) => {
    if (method === 'HEAD') response.writeHead(200).end();
    else if (headers.range) response.destroy();
    else {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, half), () => setTimeout(() => response.destroy(), 200));
    }
  });
  const error = await failure();
  expect(error).toBeInstanceOf(DownloadInterrupted);
  expect(error.message).toMatch(/broke off .* The same command goes on from there\.$/);
  expect(await filesBelow(data)).toEqual([`downloads/tensorflow/${WHEEL}.part`]);

  world.files.set(path, content);
  world.requests.length = 0;
  await install();
  expect(world.requests).toContain(`GET ${path} bytes=${half}-`);
  expect(existsSync(join(data, 'downloads'))).toBe(false);
});

test('aborting undoes the installation and throws the reason', async () => {
  const controller = new AbortController();
  const reason = new Error('Ctrl-C');
  const compilers = [await world.script('slow', '[ "$1" = --version ] && exit 0', 'exec sleep 60')];
  const error = await failure({
    signal: controller.signal,
    programs: { ...world.programs, compilers },
    onProgress: (progress) => {
      if (progress.kind === 'step' && progress.text === 'compiling the binding') {
        setTimeout(() => controller.abort(reason), 100);
      }
    },
  });
  expect(error).toBe(reason);
  expect(await filesBelow(data)).toEqual([`downloads/tensorflow/${WHEEL}`]);
  await removeEngine('tensorflow', { data });
  expect(existsSync(data)).toBe(false);
});

test('what a killed installation left is removed by the next one, what a running one has is not', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const engines = join(data, 'engines');
  for (const pid of [dead, process.ppid]) await mkdir(join(engines, `tensorflow.${pid}.tmp`, 'x'), { recursive: true });
  await install();
  expect((await readdir(engines)).sort()).toEqual(['tensorflow', `tensorflow.${process.ppid}.tmp`]);
});

test('an engine without CUDA is not replaced by one with it', async () => {
  await install();
  expect((await failure({ gpu: true })).message).toMatch(/an engine without CUDA .*removeEngine\('tensorflow'\)/);
});

test('a broken engine is told, and can be removed', async () => {
  await install();
  const engine = join(data, 'engines/tensorflow');
  await writeFile(join(engine, 'engine.json'), '{');
  expect((await failure()).message).toMatch(
    /engine\.json: is no JSON\. Remove it and install it again: removeEngine\('tensorflow'\)/,
  );
  expect(await removeEngine('tensorflow', { data })).toBe(engine);
  expect(existsSync(data)).toBe(false);
  expect(await removeEngine('tensorflow', { data })).toBeUndefined();
});
