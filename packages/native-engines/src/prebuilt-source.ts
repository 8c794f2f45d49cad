import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { extract } from 'tar';
import { downloadFile } from './download-file.ts';
import { EngineError } from './engine-error.ts';
import type { Source, Workplace } from './source.ts';
import { TFJS_NODE } from './tfjs-node.ts';
import { unreachableBecause } from './unreachable-because.ts';

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

/** Library and binding as `npm install @tensorflow/tfjs-node` downloads them, from the same place. */
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
