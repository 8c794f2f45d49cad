import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from './errors.ts';

const TIMEOUT = 5000;

/**
 * Asks for the headers of a web address.
 *
 * @returns why it cannot be fetched, or nothing if it can
 */
export async function unreachableBecause(url: string, signal?: AbortSignal): Promise<string | undefined> {
  const limit = AbortSignal.timeout(TIMEOUT);
  try {
    const response = await fetch(url, { method: 'HEAD', signal: signal ? AbortSignal.any([signal, limit]) : limit });
    return response.ok
      ? undefined
      : `${new URL(url).host} answers with ${response.status} ${response.statusText}`.trim();
  } catch (error) {
    signal?.throwIfAborted();
    const { cause, message } = error as Error & { cause?: { code?: string } };
    const reason = limit.aborted ? `no answer in ${TIMEOUT / 1000} s` : (cause?.code ?? message);
    return `${new URL(url).host} cannot be reached (${reason})`;
  }
}

/**
 * A download that broke off. What has come stays on the disk, and the next attempt goes on from
 * there.
 */
export class DownloadInterrupted extends EngineError {
  override name = 'DownloadInterrupted';
}

export interface Download {
  url: string;
  /** Where it goes. Until it is whole it is called `<path>.part`. */
  path: string;
  /** Hexadecimal. Without it only the length is checked. */
  sha256?: string;
}

export interface DownloadOptions {
  signal?: AbortSignal;
  /** `total` is undefined where the server does not say it. Both in bytes. */
  onProgress?: (received: number, total: number | undefined) => void;
  /**
   * Milliseconds before a new attempt; doubled for each one before it that brought nothing.
   * Default: 1000.
   */
  pause?: number;
}

/** Attempts in a row that bring nothing new. */
const FRUITLESS = 4;
/** Milliseconds without a byte after which a connection counts as broken. */
const STALLED = 30_000;

const sizeOf = async (path: string) => (await stat(path).catch(() => undefined))?.size ?? 0;
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Appends to `part` what it lacks. @returns the whole length, if the server says it */
async function fetchRest(
  url: string,
  part: string,
  { signal, onProgress }: DownloadOptions,
): Promise<number | undefined> {
  const stalled = new AbortController();
  const abort = () => stalled.abort(new Error(`nothing came for ${STALLED / 1000} s`));
  let timer = setTimeout(abort, STALLED);
  try {
    const start = await sizeOf(part);
    const response = await fetch(url, {
      headers: { 'accept-encoding': 'identity', ...(start > 0 && { range: `bytes=${start}-` }) },
      signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
    });
    // 416: there is nothing behind what has come, or the file has become shorter; either way the
    // checksum decides.
    const whole = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
    if (response.status === 416 && whole !== undefined && Number(whole) === start) return start;
    if (response.status === 416) await rm(part);
    if (!response.ok || !response.body) throw new Error(`the server answers with ${response.status}`);
    const resumed = response.status === 206;
    const length = response.headers.get('content-length');
    let received = resumed ? start : 0;
    const total = length === null ? undefined : received + Number(length);
    const file = await open(part, resumed ? 'a' : 'w');
    try {
      // Awaiting each write keeps all that came before the connection breaks.
      for await (const chunk of response.body) {
        clearTimeout(timer);
        timer = setTimeout(abort, STALLED);
        await file.writeFile(chunk);
        received += chunk.length;
        onProgress?.(received, total);
      }
    } finally {
      await file.close();
    }
    return total;
  } catch (error) {
    signal?.throwIfAborted();
    throw stalled.signal.aborted ? stalled.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

const isDiskError = (error: unknown) => /^(ENOSPC|EDQUOT|EACCES|EROFS)$/.test((error as { code?: string }).code ?? '');

/**
 * Downloads a file. Goes on where an earlier call, or an earlier connection of this one, broke off.
 *
 * @throws DownloadInterrupted after several attempts in which nothing came; EngineError if what
 *   came is not what `sha256` says
 */
export async function downloadFile({ url, path, sha256 }: Download, options: DownloadOptions = {}): Promise<void> {
  if ((await sizeOf(path)) > 0) return;
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  const { pause = 1000 } = options;
  let most = await sizeOf(part);
  let fruitless = 0;
  while (true) {
    let problem: string;
    let total: number | undefined;
    try {
      total = await fetchRest(url, part, options);
      if (total === undefined || (await sizeOf(part)) === total) break;
      problem = 'the connection was closed';
    } catch (error) {
      options.signal?.throwIfAborted();
      if (isDiskError(error)) throw error;
      const { cause, message } = error as Error & { cause?: { code?: string } };
      problem = cause?.code ?? message;
    }
    const received = await sizeOf(part);
    fruitless = received > most ? 0 : fruitless + 1;
    most = Math.max(most, received);
    if (fruitless >= FRUITLESS) {
      throw new DownloadInterrupted(
        `${basename(path)}: the download from ${new URL(url).host} broke off after ${megabytes(received)} (${problem}). The same command goes on from there.`,
      );
    }
    await sleep(pause * 2 ** fruitless, undefined, { signal: options.signal }).catch(() =>
      options.signal?.throwIfAborted(),
    );
  }
  if (sha256 !== undefined && (await hashOf(part)) !== sha256) {
    await rm(part);
    throw new EngineError(
      `${basename(path)}: what ${new URL(url).host} sent is damaged (its SHA-256 is wrong). Give the same command again.`,
    );
  }
  await rename(part, path);
}
