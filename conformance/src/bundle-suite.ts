import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const packageRoot = dirname(here);

/**
 * Writes one module with the whole suite: TensorFlow.js's spec files are written for bundlers
 * (imports without extension, `require` inside ES modules), and they must share the one copy of
 * tfjs-core with the compiler under test.
 *
 * @param matching leave out spec files whose name does not contain this
 * @returns the module's path; it exports `run(target)`, see `run-suite.ts`
 */
export async function bundleSuite(matching: string): Promise<string> {
  const core = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core'));
  const specs = readdirSync(core, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => path.endsWith('_test.js') && path.includes(matching))
    .sort();
  const module = (path: string) => JSON.stringify(path);
  const contents = `
    import ${module(join(core, 'register_all_gradients.js'))};
    import ${module(join(core, 'public/chained_ops/register_all_chained_ops.js'))};
    import '@tensorflow/tfjs-backend-cpu';
    import { runSuite } from ${module(join(here, 'run-suite.js'))};
    import { targets } from ${module(join(here, 'targets.js'))};
    const files = [${specs.map((path) => `[${module(path.replace('_test.js', ''))}, () => import(${module(join(core, path))})]`).join()}];
    export const run = (target) => runSuite({ files, compile: targets[target] });
  `;
  const outfile = join(here, 'suite.js');
  await build({
    stdin: { contents, resolveDir: packageRoot },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node', 'onnx-proto', 'jasmine-core', 'node-fetch'],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    logLevel: 'error',
  });
  return outfile;
}
