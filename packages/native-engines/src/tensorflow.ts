import { mkdir, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { extract } from 'tar';
import { extractAll } from './archives.ts';
import { downloadFile, unreachableBecause } from './download.ts';
import { EngineError } from './errors.ts';
import { lackOfPip } from './obstacles.ts';
import { answers, type Programs, runProgram } from './programs.ts';
import type { Source, Workplace } from './source.ts';
import { fetchWheels } from './wheels.ts';

/** The release of @tensorflow/tfjs-node whose binding is used. */
const TFJS_NODE = '4.22.0';

/** Of the library that tfjs-node's release was built with. */
const LIBTENSORFLOW = '2.9.1';
/** Of Node's binary interface; every supported Node has it. */
const NAPI = 8;

/** Where tfjs-node's own install script downloads from. */
export const TFJS_NODE_HOST = 'https://storage.googleapis.com';

function addresses(host: string, { gpu, machine: { platform } }: Pick<Workplace, 'gpu' | 'machine'>) {
  const device = gpu ? 'gpu' : 'cpu';
  const library = `libtensorflow-${device}-${platform}-x86_64-${LIBTENSORFLOW}.tar.gz`;
  const binding = `${device.toUpperCase()}-${platform}-${TFJS_NODE}.tar.gz`;
  return {
    library: `${host}/tensorflow/libtensorflow/${library}`,
    binding: `${host}/tf-builds/pre-built-binary/napi-v${NAPI}/${TFJS_NODE}/${binding}`,
  };
}

/**
 * Library and binding as `npm install @tensorflow/tfjs-node` downloads them, from the same place.
 */
export const prebuiltSource = (host: string): Source => ({
  name: "tfjs-node's own binaries",

  async obstacles({ gpu, machine, signal }) {
    const { platform, arch } = machine;
    const there = arch === 'x64' && (platform === 'linux' || (platform === 'darwin' && !gpu));
    if (!there) return [`there are none for ${platform} ${arch}${gpu ? ' with CUDA' : ''}`];
    const reasons = await Promise.all(
      Object.values(addresses(host, { gpu, machine })).map((url) => unreachableBecause(url, signal)),
    );
    return [...new Set(reasons.filter((reason) => reason !== undefined))];
  },

  space: (gpu) => (gpu ? 2.5e9 : 1.2e9),

  async build(folder, { gpu, machine, downloads, signal, onProgress }) {
    // The binding looks for the library in ../../deps/lib.
    const places = { library: 'deps', binding: join('lib', `napi-v${NAPI}`) };
    for (const [part, url] of Object.entries(addresses(host, { gpu, machine })) as [keyof typeof places, string][]) {
      const fileName = url.slice(url.lastIndexOf('/') + 1);
      const path = join(downloads, fileName);
      await downloadFile(
        { url, path },
        { signal, onProgress: (received, total) => onProgress({ kind: 'download', fileName, received, total }) },
      );
      const cwd = join(folder, places[part]);
      await mkdir(cwd, { recursive: true });
      const filter = (name: string) => part === 'binding' || /^(\.\/)?lib\//.test(name);
      await extract({ file: path, cwd, strip: part === 'binding' ? 1 : 0, filter, strict: true }).catch((error) => {
        throw new EngineError(`${fileName}: is damaged (${error.message}). Give the same command again.`);
      });
    }
    return { binding: join(places.binding, 'tfjs_binding.node'), before: [], library: LIBTENSORFLOW };
  },
});

/** The C API of all 2.x is compatible; this is the one that everything was tried with. */
const TENSORFLOW = '2.21.*';

const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
/** What the binding's sources include, directly or not. */
const HEADERS = /^tensorflow\/include\/(tensorflow\/c|tensorflow\/core\/platform|tsl\/platform|xla\/tsl\/c)\/.*\.h$/;
/**
 * The library looks for them in `../nvidia/<part>/lib`, as they lie beside it in Python's
 * site-packages.
 */
const CUDA_LIBRARY = /^nvidia\/[^/]+\/lib\/[^/]+\.so(\.\d+)*$/;

const require = createRequire(import.meta.url);
const nodeHeaders = () => join(dirname(require.resolve('node-api-headers')), 'include');

async function findCompiler({ compilers }: Programs, signal?: AbortSignal): Promise<string | undefined> {
  for (const compiler of compilers) if (await answers(compiler, ['--version'], signal)) return compiler;
  return undefined;
}

/**
 * tfjs-node's package from the npm registry that this user's npm asks, unpacked. @returns the
 * folder of the binding's sources
 */
async function bindingSources(folder: string, { programs, signal }: Workplace): Promise<string> {
  await mkdir(folder, { recursive: true });
  const name = `@tensorflow/tfjs-node@${TFJS_NODE}`;
  await runProgram(programs.npm, ['pack', name, '--silent', '--pack-destination', folder], { cwd: folder, signal });
  const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  if (!tarball) throw new EngineError(`npm pack ${name} wrote no file`);
  await extract({ file: join(folder, tarball), cwd: folder });
  return join(folder, 'package', 'binding');
}

/**
 * The binding, built here against the library inside the wheel of TensorFlow for Python. Linux
 * only.
 */
export const wheelSource: Source = {
  name: "the library in TensorFlow's Python wheel",

  async obstacles({ programs, gpu, machine, signal }) {
    const { platform, arch } = machine;
    if (platform !== 'linux' || !['x64', 'arm64'].includes(arch)) {
      return [`it works on Linux, not on ${platform} ${arch}`];
    }
    if (gpu && arch !== 'x64') return [`with CUDA it works on x64, not on ${arch}`];
    const [compiler, noPip, npm] = await Promise.all([
      findCompiler(programs, signal),
      lackOfPip(programs, signal),
      answers(programs.npm, ['--version'], signal),
    ]);
    const missing: string[] = [];
    if (!compiler) {
      missing.push(`no C++ compiler (${programs.compilers.join(', ')}); on Debian or Ubuntu: apt install g++`);
    }
    if (noPip) missing.push(noPip);
    if (!npm) missing.push(`no ${programs.npm}, which comes with Node`);
    return missing;
  },

  space: (gpu) => (gpu ? 9e9 : 1.2e9),

  async build(folder, work) {
    const { gpu, machine, programs, downloads, signal, onProgress } = work;
    const step = (text: string) => onProgress({ kind: 'step', text });
    const name = gpu ? 'tensorflow[and-cuda]' : machine.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
    const wheels = await fetchWheels(
      {
        python: programs.python,
        requirement: `${name}==${TENSORFLOW}`,
        dependencies: gpu,
        // cuda_nvcc is for kernels compiled at run time, which XLA alone has.
        wanted: (file) => /^(tensorflow|nvidia)_?.*\.whl$/.test(file) && !file.startsWith('nvidia_cuda_nvcc'),
        machine,
        signal,
      },
      { folder: downloads, onProgress },
    );

    step('unpacking the library');
    const needed = LIBRARIES.map((library) => `tensorflow/${library}`);
    const wanted = (file: string) => needed.includes(file) || HEADERS.test(file) || CUDA_LIBRARY.test(file);
    await extractAll(wheels, folder, { wanted, needed, signal });

    step("fetching the binding's sources with npm");
    const sources = join(folder, 'sources');
    const binding = await bindingSources(sources, work);

    step('compiling the binding');
    const compiler = await findCompiler(programs, signal);
    await runProgram(
      compiler!,
      [
        ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8'],
        ...[`-I${nodeHeaders()}`, '-Itensorflow/include'],
        ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(binding, file)),
        ...['-o', 'tfjs_binding.node'],
        ...['-Ltensorflow', '-Wl,-rpath,$ORIGIN/tensorflow'],
        ...LIBRARIES.map((library) => `-l:${library}`),
      ],
      { cwd: folder, signal },
    );
    await rm(sources, { recursive: true });
    await rm(join(folder, 'tensorflow', 'include'), { recursive: true });
    return { binding: 'tfjs_binding.node', before: [], library: TENSORFLOW };
  },
};
