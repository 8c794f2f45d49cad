import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleSuite } from './bundle-suite.ts';
import { withKernelTable } from './kernel-table.ts';
import type { TestResult } from './run-suite.ts';
import type { Score } from './score.ts';
import { losses, scoreOf } from './score.ts';

const { values: options } = parseArgs({
  options: {
    target: { type: 'string', default: 'onnx' },
    file: { type: 'string', default: '' },
    update: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const expectedPath = (target: string) => join(root, `expected-${target}.json`);
const read = (target: string): Score => JSON.parse(readFileSync(expectedPath(target), 'utf8')) as Score;

const { run } = (await import(await bundleSuite(options.file))) as { run(target: string): Promise<TestResult[]> };
const results = await run(options.target);
if (options.json) writeFileSync(options.json, JSON.stringify(results, null, 1));
for (const { file, name, messages } of results.filter(({ status }) => status === 'failed'))
  console.log(`failed  ${file}: ${name}\n        ${messages[0]?.split('\n')[0] ?? 'no message'}`);

const score = scoreOf(results);
if (options.update) {
  const { format, resolveConfig } = await import('prettier');
  const write = async (path: string, text: string) =>
    writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
  await write(expectedPath(options.target), JSON.stringify(score));
  const targets = readdirSync(root).flatMap((name) => /^expected-(.+)\.json$/.exec(name)?.[1] ?? []);
  const readme = join(root, '../packages/jit/README.md');
  const scores = Object.fromEntries(targets.map((target) => [target, read(target)]));
  await write(readme, withKernelTable(readFileSync(readme, 'utf8'), scores));
}
const lost = existsSync(expectedPath(options.target)) ? losses(read(options.target), score, options.file) : [];
for (const line of lost) console.log(`lost    ${line}`);
if (lost.length > 0) process.exitCode = 1;

const count = (status: TestResult['status']) => results.filter((result) => result.status === status).length;
console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('left out')} left out`);
