import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EngineError } from './errors.ts';
import { answers, defaultPrograms, type Programs, runProgram } from './programs.ts';

/** Megabytes that have to be free on a card; the libraries alone take a third of it. */
const LEAST_MEMORY = 1500;

export interface CardNeeds {
  /** The oldest driver that will do, as NVIDIA counts them: 525 for CUDA 12, 580 for CUDA 13. */
  driver: number;
}

/**
 * What keeps CUDA from working on this machine, in words, from what NVIDIA's own `nvidia-smi` says;
 * nothing if a card is ready.
 */
export async function cardProblem(
  { driver }: CardNeeds,
  { nvidiaSmi }: Pick<Programs, 'nvidiaSmi'> = defaultPrograms,
  signal?: AbortSignal,
): Promise<string | undefined> {
  let answer: string;
  try {
    answer = await runProgram(
      nvidiaSmi,
      ['--query-gpu=name,driver_version,memory.free', '--format=csv,noheader,nounits'],
      { signal },
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (!/cannot be started/.test(error.message)) return `NVIDIA's driver does not answer: ${error.message}`;
    return `no ${nvidiaSmi}, so NVIDIA's driver is not installed; on Ubuntu: apt install nvidia-driver-${driver}`;
  }
  const cards = answer
    .split('\n')
    .filter((line) => line.includes(','))
    .map((line) => line.split(',').map((field) => field.trim()));
  if (cards.length === 0) return "NVIDIA's driver is there, but it finds no card";
  const [[name, version]] = cards;
  if (Number.parseInt(version) < driver)
    return `NVIDIA's driver ${version} is too old, version ${driver} or later is needed`;
  const free = Math.max(...cards.map(([, , megabytes]) => Number(megabytes)));
  if (free < LEAST_MEMORY) return `${name} has only ${free} MB free, other programs have the rest`;
  return undefined;
}

/** What is missing to fetch wheels with pip, in words; nothing if it is there. */
export async function lackOfPip(
  { python }: Pick<Programs, 'python'>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (await answers(python, ['-m', 'pip', '--version'], signal)) return undefined;
  return `no ${python} with pip, which only fetches the library; on Debian or Ubuntu: apt install python3-pip`;
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

/**
 * What the disk of a folder, which need not exist yet, lacks for `needed` bytes, in words; nothing
 * if there is room.
 */
export async function lackOfSpace(folder: string, needed: number): Promise<string | undefined> {
  let existing = resolve(folder);
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  if (free >= needed) return undefined;
  return `${gigabytes(needed)} of disk are needed while installing, ${gigabytes(free)} are free in ${existing}`;
}
