import { createHash } from 'node:crypto';
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isGroup } from '../config/merge.ts';
import type { Config } from '../config/schema.ts';
import { readJson, writeJson } from '../files/json-file.ts';
import { showFile } from '../files/show-file.ts';
import { UserError } from '../files/user-error.ts';
import { explainFileError, makeFolder } from '../files/write-atomically.ts';
import { openRunFolder } from './open-run-folder.ts';
import type { RunTools, Stage, StageContext, StageRecord } from './stage.ts';

/** What a stage leaves behind: `started.json` while it works, `done.json` afterwards. */
interface Mark {
  /** Changes with the stage's own inputs and with those of everything it needs. */
  fingerprint: string;
  inputs: unknown;
  seconds: number;
}
interface DoneMark extends Mark, StageRecord {}

/** A run that is about to take place. */
export interface RunContext extends Omit<RunTools, 'modules'> {
  readonly config: Config;
}

/** As it comes back from JSON, with the keys of groups in alphabetical order. */
function canonical(value: unknown): unknown {
  const sorted = (_: string, item: unknown) =>
    isGroup(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item;
  return JSON.parse(JSON.stringify(value, sorted));
}

function fingerprint(stage: Stage, config: Config): string {
  const needs = stage.needs.map((need) => fingerprint(need, config));
  const text = JSON.stringify([stage.name, canonical(stage.inputs(config)), needs]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The first key whose value differs, and both values. */
function firstChange(was: unknown, is: unknown, path = ''): { path: string; was: unknown; is: unknown } | undefined {
  if (isDeepStrictEqual(was, is)) return undefined;
  if (isGroup(was) && isGroup(is)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const change = firstChange(was[key], is[key], path ? `${path}.${key}` : key);
      if (change) return change;
    }
  }
  if (Array.isArray(was) && Array.isArray(is) && was.length === is.length) {
    for (const index of was.keys()) {
      const change = firstChange(was[index], is[index], `${path}[${index}]`);
      if (change) return change;
    }
  }
  return { path, was, is };
}

const show = (value: unknown) => (value === undefined ? 'not there' : JSON.stringify(value));

/** Every stage after those it needs. */
export function withNeeds(stages: readonly Stage[]): Stage[] {
  const ordered: Stage[] = [];
  const add = (stage: Stage) => {
    if (ordered.includes(stage)) return;
    stage.needs.forEach(add);
    ordered.push(stage);
  };
  stages.forEach(add);
  return ordered;
}

async function readMarks(runFolder: string, stage: Stage) {
  const [done, started] = await Promise.all(
    ['done.json', 'started.json'].map((name) => readJson(join(runFolder, stage.name, name))),
  );
  return { done: done as DoneMark | undefined, started: started as Mark | undefined };
}

/** What a finished stage left behind; undefined if it is not finished. */
export async function readResult<Result>(runFolder: string, stage: Stage<Result>): Promise<Result | undefined> {
  const { done } = await readMarks(runFolder, stage);
  return (done as StageRecord<Result> | undefined)?.result;
}

/**
 * @param wanted and what they need is looked at
 * @throws UserError if a stage was made, or begun, from another config
 */
export async function checkUnchanged(
  wanted: readonly Stage[],
  { runFolder, config }: Pick<RunContext, 'runFolder' | 'config'>,
): Promise<void> {
  const stages = withNeeds(wanted);
  for (const stage of stages) {
    const { done, started } = await readMarks(runFolder, stage);
    const mark = done ?? started;
    if (!mark || mark.fingerprint === fingerprint(stage, config)) continue;

    const users = stages.filter((user) => user !== stage && withNeeds([user]).includes(stage));
    const folders = [stage, ...users]
      .map(({ name }) => join(runFolder, name))
      .filter(existsSync)
      .map(showFile);
    const remedy = `choose another --out, or delete ${folders.join(', ')} to make ${folders.length > 1 ? 'them' : 'it'} again`;
    const change = firstChange(mark.inputs, canonical(stage.inputs(config)));
    throw new UserError(
      change
        ? `${change.path} is ${show(change.is)} now, but was ${show(change.was)} when "${stage.name}" was made. Put it back, ${remedy}.`
        : `${showFile(join(runFolder, stage.name))} was made from something that has changed since: ${remedy}.`,
    );
  }
}

/**
 * Runs the stages and what they need, in order. Finished ones are skipped; one that was interrupted
 * goes on.
 *
 * @throws UserError if a finished or interrupted stage was made from another config
 */
export async function runStages(wanted: readonly Stage[], run: RunContext): Promise<void> {
  const stages = withNeeds(wanted);
  const { runFolder, config } = run;
  await checkUnchanged(wanted, run);
  await openRunFolder(runFolder, run);

  const records = new Map<Stage, StageRecord>();
  for (const [index, stage] of stages.entries()) {
    const heading = `[${index + 1}/${stages.length}] ${stage.title}`;
    const folder = join(runFolder, stage.name);
    const { done, started } = await readMarks(runFolder, stage);
    if (done) {
      run.log(`${heading}: done before, in ${done.seconds.toFixed(0)} s`);
      records.set(stage, done);
      continue;
    }
    run.signal.throwIfAborted();
    run.log(started ? `${heading}: going on` : heading);

    const mark: Mark = {
      fingerprint: fingerprint(stage, config),
      inputs: canonical(stage.inputs(config)),
      seconds: started?.seconds ?? 0,
    };
    await makeFolder(folder);
    await writeJson(join(folder, 'started.json'), mark);

    const begin = performance.now();
    const seconds = () => mark.seconds + (performance.now() - begin) / 1000;
    const available = withNeeds(stage.needs);
    const { config: _hidden, ...tools } = run;
    const context: StageContext = {
      ...tools,
      modules: config.modules,
      folder,
      metrics: (values) => appendMetrics(runFolder, { stage: stage.name, ...values }),
      folderOf: ({ name }) => join(runFolder, name),
      done: <Result>(need: Stage<Result>) => {
        const record = available.includes(need) ? records.get(need) : undefined;
        if (!record) throw new Error(`stage ${stage.name} uses ${need.name}, which is not among its needs`);
        return record as StageRecord<Result>;
      },
    };
    try {
      const result = await stage.run(context, stage.inputs(config));
      const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
      const record: DoneMark = { ...mark, seconds: seconds(), peakRssMb, result };
      await writeJson(join(folder, 'done.json'), record);
      records.set(stage, record);
    } catch (error) {
      // The time is kept for the report; a full disk must not hide what went wrong first.
      await writeJson(join(folder, 'started.json'), { ...mark, seconds: seconds() }).catch(() => undefined);
      throw error;
    }
  }
}

function appendMetrics(runFolder: string, values: Record<string, number | string>): void {
  const path = join(runFolder, 'metrics.jsonl');
  try {
    appendFileSync(path, `${JSON.stringify(values)}\n`);
  } catch (error) {
    throw explainFileError(error, path);
  }
}
