import { expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadLibraries } from './load-libraries.ts';

const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
const library = join(runtime, 'bin/napi-v6', process.platform, process.arch, 'libonnxruntime.so.1');

test('a library stays in the process', () => {
  loadLibraries([library]);
  const { sharedObjects } = process.report.getReport() as { sharedObjects: string[] };
  expect(sharedObjects).toContain(library);
});

test('a library that cannot be loaded is an error', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'segsde-library-'));
  try {
    await writeFile(join(folder, 'lib.so'), 'no library');
    expect(() => loadLibraries([join(folder, 'lib.so')])).toThrow(/lib\.so: .*(file too short|invalid ELF header)/);
    expect(() => loadLibraries([join(folder, 'none.so')])).toThrow(/none\.so: cannot open/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
