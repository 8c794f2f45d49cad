import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { loadConfig } from '../config/load-config.ts';
import { readJson, writeJson } from '../files/json-file.ts';
import { UserError } from '../files/user-error.ts';
import type { Report } from '../report/report.ts';
import { reportTable } from '../report/report-table.ts';
import { meanOf } from './mean-of.ts';
import { SeedFailed } from './seed-failed.ts';
import type { PipelineOptions } from './run-pipeline.ts';

/** `segsde run` in a process of its own, so that each seed begins with an empty memory. */
function runSeed(
  file: string,
  { set = [], data, depthData }: PipelineOptions,
  seed: number,
  out: string,
): Promise<void> {
  const flags = [...set, `seed=${seed}`].flatMap((override) => ['--set', override]);
  if (data !== undefined) flags.push('--data', data);
  if (depthData !== undefined) flags.push('--depth-data', depthData);
  const args = [...process.execArgv, process.argv[1], 'run', file, '--out', out, ...flags];
  const child = spawn(process.execPath, args, { stdio: ['inherit', 'ignore', 'inherit'] });
  const passOn = () => child.kill('SIGTERM');
  // A terminal sends Ctrl-C to the child as well.
  const ignore = () => undefined;
  process.on('SIGTERM', passOn).on('SIGINT', ignore);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      process.off('SIGTERM', passOn).off('SIGINT', ignore);
      if (code === 0) resolve();
      else reject(new SeedFailed());
    });
  });
}

/**
 * Runs seeds 1 to `seeds` into `seed-1`, `seed-2`, ... of the run folder, then averages their
 * reports into its `report.json`.
 */
export async function runSeeds(
  file: string,
  { seeds, ...options }: PipelineOptions & { seeds: number },
): Promise<void> {
  const out = options.out ?? join('runs', (await loadConfig(file, options)).name);
  const reports: Report[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    console.error(`seed ${seed} of ${seeds}`);
    const folder = join(out, `seed-${seed}`);
    await runSeed(file, options, seed, folder);
    const report = (await readJson(join(folder, 'report.json'))) as Report | undefined;
    if (!report)
      throw new UserError(`${folder}: report.json is gone; delete ${join(folder, 'report')} to write it again`);
    reports.push(report);
    console.log(`seed ${seed}\n\n${reportTable(report)}\n`);
  }
  const mean = meanOf(reports) as Report;
  const { seed: _seed, ...rest } = mean;
  await writeJson(join(out, 'report.json'), { ...rest, seeds: reports.map(({ seed }) => seed) });
  console.log(`mean of seeds 1 to ${seeds}\n\n${reportTable(mean)}`);
}
