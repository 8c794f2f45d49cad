import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundleSuite } from './bundle-suite.ts';
import type { TestResult } from './run-suite.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: 'onnx' },
    file: { type: 'string', default: '' },
    update: { type: 'boolean' },
  },
});
const { run } = (await import(await bundleSuite(values.file))) as { run(target: string): Promise<TestResult[]> };
const results = await run(values.target);
writeFileSync('/tmp/w/conf.json', JSON.stringify(results, null, 1));
const count = (status: TestResult['status']) => results.filter((result) => result.status === status).length;
console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('left out')} left out`);
