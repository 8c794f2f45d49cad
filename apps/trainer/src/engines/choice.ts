import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Engine, engines } from '@segsde/jit';
import { dataFolder } from '@segsde/native-engines';
import { readJson, writeJson } from '../files/json-file.ts';
import { processor } from '../run/processor.ts';
import { version } from '../run/version.ts';
import { compareEngines, type Finding, TRIED } from './probe.ts';

/** Which engine `auto` stands for on a machine, and why, in one line. */
export interface EngineChoice {
  engine: Engine;
  reason: string;
}

const inWords = (finding: Finding): string => {
  if ('milliseconds' in finding) return `${finding.engine} ${finding.milliseconds.toFixed(1)} ms`;
  return `${finding.engine}: ${'absent' in finding ? finding.absent : 'broken'}`;
};

/**
 * The engine whose training step is the shortest; `onnx` where none works, so that its own error is
 * what the user reads.
 */
export function engineChoice(findings: readonly Finding[]): EngineChoice {
  const timed = findings
    .flatMap((finding) => ('milliseconds' in finding ? [finding] : []))
    .sort((a, b) => a.milliseconds - b.milliseconds);
  if (timed.length === 0) return { engine: 'onnx', reason: 'none trains here, see segsde doctor' };
  const [best] = timed;
  const others = [...timed.slice(1), ...findings.filter((finding) => !('milliseconds' in finding))];
  return {
    engine: best.engine,
    reason: `${best.milliseconds.toFixed(1)} ms for a small training step (${others.map(inWords).join(', ')})`,
  };
}

interface Remembered extends EngineChoice {
  machine: object;
}

const file = () => join(dataFolder(), 'auto-engine.json');

/** What a measurement depends on; with another machine or other libraries it is made again. */
const machine = () => ({
  segsde: version,
  platform: `${process.platform} ${process.arch}`,
  processor: processor(),
  libraries: TRIED.map((name) => engines[name].version() ?? engines[name].unavailableBecause() ?? 'unknown'),
});

/**
 * What was chosen on this machine before; undefined if nothing was, or something has changed since.
 */
export async function recallChoice(): Promise<EngineChoice | undefined> {
  try {
    const { machine: then, engine, reason } = (await readJson(file())) as Remembered;
    return isDeepStrictEqual(then, machine()) && TRIED.some((name) => name === engine) ? { engine, reason } : undefined;
  } catch {
    // Missing, unreadable or damaged: it is measured again.
    return undefined;
  }
}

/** @returns whether it could be written down */
export async function rememberChoice(choice: EngineChoice): Promise<boolean> {
  const remembered: Remembered = { ...choice, machine: machine() };
  try {
    await mkdir(dataFolder(), { recursive: true });
    await writeJson(file(), remembered);
    return true;
  } catch {
    return false;
  }
}

/**
 * What `engine: auto` stands for on this machine: the engine with the shortest training step.
 * Measured once, then remembered in the user's data folder until the machine or a library changes;
 * `segsde doctor` measures again.
 */
export async function chooseEngine(log: (line: string) => void): Promise<Engine> {
  const known = await recallChoice();
  if (known) {
    log(`engine auto: ${known.engine}, ${known.reason}; measured before`);
    return known.engine;
  }
  log('engine auto: measuring what works here, once');
  const choice = engineChoice(await compareEngines((engine) => log(`  ${engine}`)));
  const kept = await rememberChoice(choice);
  log(
    `engine auto: ${choice.engine}, ${choice.reason}${kept ? '' : '; cannot be remembered, the data folder is not writable'}`,
  );
  return choice.engine;
}
