import { createRequire } from 'node:module';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '@segsde/jit';
import { stringify } from 'yaml';
import type { Config } from '../config/schema.ts';
import { writeJson } from '../files/json-file.ts';
import { makeFolder, writeAtomically } from '../files/write-atomically.ts';
import { version } from './version.ts';

const require = createRequire(import.meta.url);

/** What a number from this run may depend on besides the config. */
const environment = (engine: Engine) => ({
  segsde: version,
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryMb: Math.round(totalmem() / 2 ** 20),
  tfjs: (require('@tensorflow/tfjs-core/package.json') as { version: string }).version,
  engine,
  started: new Date().toISOString(),
});

/**
 * Makes the folder and writes `config.yaml`, as resolved, and `environment.json` into it. @throws
 * UserError
 */
export async function openRunFolder(folder: string, { config, engine }: { config: Config; engine: Engine }) {
  await makeFolder(folder);
  const header = '# The config of this run as resolved: defaults filled in, `extends` and --set applied.\n';
  await writeAtomically(join(folder, 'config.yaml'), (temporary) => writeFile(temporary, header + stringify(config)));
  await writeJson(join(folder, 'environment.json'), environment(engine));
}
