// From a fresh clone to a running command, with Node, npm and git only:
//
//   node scripts/bootstrap.mjs test|tensorflow|webgpu|demo|parity|conformance|bench [arguments for
// the command]
//
// installs the dependencies with the pnpm that package.json pins (through npx), builds every
// package, then runs the command. Both are skipped or quick when nothing changed. Only the npm
// registry is contacted; `tensorflow`, which runs the tests that need TensorFlow's native library,
// and `conformance --target tensorflow` first install that with `segsde engine install tensorflow`
// into node_modules/.cache and fail where that is impossible; `webgpu` and `conformance --target
// onnx-webgpu`, where there is no graphics card, fetch software that stands in for one from Debian.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const workspace = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const jest = (config) => [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  `--config=${config}`,
];

const commands = {
  test: jest('jest.config.mjs'),
  tensorflow: jest('jest.tensorflow.config.mjs'),
  webgpu: jest('jest.webgpu.config.mjs'),
  demo: ['apps/trainer/dist/cli.js', 'run', 'apps/trainer/configs/demo.yaml', '--out', 'runs/demo'],
  parity: ['parity/dist/cli.js'],
  conformance: ['conformance/dist/cli.js'],
  bench: ['benches/dist/cli.js'],
};

const [name, ...rest] = process.argv.slice(2);
/** `bench NAME --json` promises standard output with nothing but the result. */
const jsonAlone = name === 'bench' && rest.includes('--json');

const quiet = {
  npm_config_update_notifier: 'false',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_loglevel: 'error',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  DO_NOT_TRACK: '1',
};

function fail(message) {
  console.error(`bootstrap: ${message}`);
  process.exit(1);
}

function tell(message) {
  if (!jsonAlone) console.log(message);
}

/** Understands the two forms that `engines.node` uses: ^20.19 and >=22.12, joined by ||. */
function nodeVersionFits(range, version) {
  const [major, minor] = version.split('.').map(Number);
  return range.split('||').some((part) => {
    const [, operator, wantedMajor, wantedMinor] = /^\s*(\^|>=)(\d+)\.(\d+)\s*$/.exec(part);
    if (major === Number(wantedMajor)) return minor >= Number(wantedMinor);
    return operator === '>=' && major > Number(wantedMajor);
  });
}

let running;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  // A terminal sends Ctrl-C to the child too, so SIGINT is only waited out; the others are passed
  // on.
  process.on(signal, () => signal === 'SIGINT' || running?.kill(signal));
}

/** Runs a program with this terminal; ends this process with its exit code if that is not 0. */
function run(program, args, { env = process.env, shell = false, stdio = 'inherit' } = {}) {
  return new Promise((resolve) => {
    running = spawn(program, args, { cwd: root, env, shell, stdio });
    running.on('error', (error) => fail(`cannot start ${program}: ${error.message}`));
    running.on('exit', (code, signal) => {
      if (signal) process.exit(128 + constants.signals[signal]);
      if (code !== 0) process.exit(code);
      resolve();
    });
  });
}

/** The pinned pnpm; turbo finds it on the PATH that npx sets up. */
function pnpm(...args) {
  const windows = process.platform === 'win32';
  const npx = ['--yes', workspace.packageManager, ...args];
  const stdio = jsonAlone ? ['inherit', 2, 2] : 'inherit';
  return run(windows ? 'npx.cmd' : 'npx', npx, { env: { ...process.env, ...quiet }, shell: windows, stdio });
}

/** Changes whenever an install may be needed: lockfile, workspace file, any package.json. */
function installFingerprint() {
  const folders = ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(group, name)),
  );
  const manifests = ['.', 'parity', 'conformance', 'benches', ...folders].map((folder) => join(folder, 'package.json'));
  const hash = createHash('sha256').update(process.version);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests.sort()]) {
    if (existsSync(join(root, file))) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

async function install() {
  const stamp = join(root, 'node_modules', '.bootstrap');
  const fingerprint = installFingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return;
  tell('bootstrap: installing dependencies');
  await pnpm('install', '--frozen-lockfile', '--prefer-offline', '--config.confirm-modules-purge=false');
  writeFileSync(stamp, fingerprint);
}

const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
if (!command) fail(`unknown command ${name ?? '(none)'}; one of: ${Object.keys(commands).join(', ')}`);
if (!nodeVersionFits(workspace.engines.node, process.versions.node)) {
  fail(
    `Node ${process.versions.node} is not supported; install Node ${workspace.engines.node} (nodejs.org) and try again`,
  );
}

// What benches/gpu-bundle.sh has packed is installed and built.
if (!existsSync(join(root, 'bundle'))) {
  await install();
  tell('bootstrap: building');
  await pnpm('exec', 'turbo', 'run', 'build', '--output-logs=errors-only', '--log-order=grouped');
}
let env = process.env;
const targets = (engine) =>
  name === 'conformance' && rest.some((argument) => argument.replace(/^--target=/, '') === engine);
if (name === 'tensorflow' || targets('tensorflow')) {
  // The data folder of the tests' user on Linux and on Windows: theirs is not touched.
  const data = join(root, 'node_modules', '.cache', 'segsde-data');
  env = { ...process.env, XDG_DATA_HOME: data, LOCALAPPDATA: data };
  console.log('bootstrap: installing the TensorFlow engine');
  await run(process.execPath, ['apps/trainer/dist/cli.js', 'engine', 'install', 'tensorflow'], { env });
}
if (name === 'webgpu' || targets('onnx-webgpu')) {
  const { softwareVulkan } = await import('./software-vulkan.mjs');
  env = { ...process.env, ...softwareVulkan({ folder: join(root, 'node_modules', '.cache', 'lavapipe'), tell, fail }) };
}
await run(process.execPath, [...command, ...rest], { env });
