// Checks every published package as its users get it: packs it, asks publint and attw, installs the
// tarball with npm in an empty folder exactly as its README says (siblings from their tarballs) and
// runs the README's first snippet. Packages must be built.
//
//   npx pnpm@<pinned> exec node scripts/check-packages.mjs [package ...]
//
// Prints one line per check; the last line is `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const work = mkdtempSync(join(tmpdir(), 'segsde-packages-'));
const minutes = 60_000;

/** Runs a program to its end; rejects with what it printed if it fails or takes too long. */
function run(program, args, { cwd, env, timeout = 5 * minutes }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const ending = signal ? `was ended by ${signal}` : `ended with ${code}`;
      reject(new Error(`${[program, ...args].join(' ')} ${ending}\n${output.split('\n').slice(-40).join('\n')}`));
    });
  });
}

function findPackages() {
  const folders = ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name)),
  );
  return folders
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => !manifest.private)
    .map(({ folder, manifest }) => ({ folder, manifest, name: manifest.name }));
}

/** The packages of this workspace that have to be there when `names` are installed. */
function withSiblings(packages, names) {
  const wanted = new Set();
  const add = (name) => {
    const found = packages.get(name);
    if (!found || wanted.has(name)) return;
    wanted.add(name);
    const { dependencies = {}, peerDependencies = {} } = found.manifest;
    Object.keys({ ...dependencies, ...peerDependencies }).forEach(add);
  };
  names.forEach(add);
  return [...wanted];
}

/** The packages that a README's first `npm i ...` or `npm install ...` names. */
function installLine(readme) {
  const found = /\bnpm (?:i|install) ([^\n`]+)/.exec(readme);
  if (!found) throw new Error('README.md has no line `npm i ...`');
  return found[1].trim().split(/\s+/);
}

/** The README's first js or sh block that is more than an installation. */
function firstSnippet(readme) {
  const blocks = [...readme.matchAll(/^```(js|ts|sh)\n(.*?)^```$/gms)].map(([, language, code]) => ({
    language,
    code,
  }));
  const found = blocks.find(({ code }) =>
    code.split('\n').some((line) => line.trim() && !/^\s*npm (i|install) /.test(line)),
  );
  if (!found) throw new Error('README.md has no ```js or ```sh block');
  if (found.language === 'ts')
    throw new Error('README.md starts with a ```ts block, which Node 20 cannot run; make it js');
  return found;
}

async function installAndRun(packages, { folder, name }) {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const named = installLine(readme);
  if (!named.includes(name)) throw new Error(`the README's install line does not install ${name} itself`);
  const { language, code } = firstSnippet(readme);
  const siblings = withSiblings(packages, named);
  const others = named.filter((wanted) => !packages.has(wanted));
  const empty = join(work, 'installed', name);
  mkdirSync(empty, { recursive: true });
  writeFileSync(join(empty, 'package.json'), '{ "private": true }\n');
  const tarballs = siblings.map((sibling) => packages.get(sibling).tarball);
  const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await run('npm', ['install', ...quick, ...tarballs, ...others], { cwd: empty, timeout: 10 * minutes });
  const env = { PATH: join(empty, 'node_modules', '.bin') + delimiter + process.env.PATH };
  const file = language === 'js' ? 'snippet.mjs' : 'snippet.sh';
  writeFileSync(join(empty, file), code);
  const [program, ...args] = language === 'js' ? [process.execPath, file] : ['bash', '-e', file];
  const output = await run(program, args, { cwd: empty, env });
  rmSync(join(empty, 'node_modules'), { recursive: true });
  if (output.trim() === '') throw new Error('the first snippet prints nothing');
}

let passed = 0;
let failed = 0;
async function check(what, action) {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  try {
    const result = await action();
    passed++;
    console.log(`pass  ${what}  ${seconds()}`);
    return result;
  } catch (error) {
    failed++;
    console.log(`FAIL  ${what}  ${seconds()}\n${error.message.replace(/^/gm, '      ')}`);
  }
}

const packages = new Map(findPackages().map((item) => [item.name, item]));
const unknown = process.argv.slice(2).filter((name) => !packages.has(name));
if (unknown.length > 0)
  throw new Error(`no published package ${unknown.join(', ')}; there are ${[...packages.keys()].join(', ')}`);
const chosen =
  process.argv.length > 2 ? process.argv.slice(2).map((name) => packages.get(name)) : [...packages.values()];

try {
  for (const name of withSiblings(
    packages,
    chosen.map((item) => item.name),
  )) {
    const item = packages.get(name);
    const target = join(work, 'tarballs');
    item.tarball = await check(`${name}: pack`, async () => {
      const output = await run('pnpm', ['pack', '--json', '--pack-destination', target], { cwd: item.folder });
      const { filename, files } = JSON.parse(output.slice(output.indexOf('{')));
      for (const wanted of ['README.md', 'CHANGELOG.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']) {
        if (!files.some(({ path }) => path === wanted)) throw new Error(`the tarball lacks ${wanted}`);
      }
      return filename;
    });
  }
  const queue = chosen.filter(({ tarball }) => tarball);
  const checkNext = async () => {
    for (let item = queue.shift(); item; item = queue.shift()) {
      const { name, tarball } = item;
      await check(`${name}: publint`, () => run('publint', ['run', tarball, '--strict'], { cwd: root }));
      await check(`${name}: attw`, () =>
        run('attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'], { cwd: root }),
      );
      await check(`${name}: installs and runs its first snippet`, () => installAndRun(packages, item));
    }
  };
  await Promise.all([checkNext(), checkNext()]);
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
