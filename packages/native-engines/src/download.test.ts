import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DownloadInterrupted, downloadFile } from './download.ts';
import { EngineError } from './errors.ts';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));
const sha256 = createHash('sha256').update(content).digest('hex');

let folder: string;
let server: Server;
let requests: (string | undefined)[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segsde-download-'));
  requests = [];
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

/** Serves `content`; each connection breaks off after `most` bytes. */
const breakingAfter =
  (most: number, { ranges = true } = {}): RequestListener =>
  (request, response) => {
    requests.push(request.headers.range);
    const start = ranges ? Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    if (start >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
      return;
    }
    const rest = content.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...(start > 0 && { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }),
    });
    if (rest.length <= most) response.end(rest);
    else response.write(rest.subarray(0, most), () => setTimeout(() => response.destroy(), 200));
  };

async function serve(listener: RequestListener) {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/big.whl`, path: join(folder, 'big.whl') };
}

/** Quicker than `toEqual`, which compares byte by byte. */
const expectWhole = async (path: string) => expect((await readFile(path)).equals(content)).toBe(true);

test('a connection that breaks off is taken up where it ended', async () => {
  const download = await serve(breakingAfter(100_000));
  let last = { received: 0, total: undefined as number | undefined };
  const onProgress = (received: number, total: number | undefined) => (last = { received, total });
  await downloadFile({ ...download, sha256 }, { onProgress, pause: 1 });
  await expectWhole(download.path);
  expect(requests.length).toBeGreaterThan(2);
  expect(requests[0]).toBeUndefined();
  expect(requests[1]).toMatch(/^bytes=[1-9]\d*-$/);
  expect(last).toEqual({ received: content.length, total: content.length });
  expect(existsSync(`${download.path}.part`)).toBe(false);
});

test('what an earlier call left is not fetched again', async () => {
  const download = await serve(breakingAfter(Infinity));
  await writeFile(`${download.path}.part`, content.subarray(0, 250_000));
  await downloadFile({ ...download, sha256 });
  expect(requests).toEqual(['bytes=250000-']);
  await expectWhole(download.path);
});

test('all bytes there, but not yet renamed: nothing is fetched', async () => {
  const download = await serve(breakingAfter(Infinity));
  await writeFile(`${download.path}.part`, content);
  await downloadFile({ ...download, sha256 });
  await expectWhole(download.path);
});

test('a server that knows no ranges sends the file from its beginning', async () => {
  const download = await serve(breakingAfter(Infinity, { ranges: false }));
  await writeFile(`${download.path}.part`, 'something else');
  await downloadFile({ ...download, sha256 });
  await expectWhole(download.path);
});

test('where nothing comes any more the error says how much has come, and it stays', async () => {
  const download = await serve((_, response) => response.destroy());
  await writeFile(`${download.path}.part`, content);
  const error = await downloadFile({ ...download, sha256 }, { pause: 1 }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(DownloadInterrupted);
  expect(error.message).toMatch(/^big\.whl: .* broke off after 0 MB \(.+\)\. The same command goes on from there\.$/);
  await expectWhole(`${download.path}.part`);
});

test('a server that begins anew each time and breaks off earlier is given up', async () => {
  const download = await serve((request, response) => {
    requests.push(request.headers.range);
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 100_000 / requests.length), () => setTimeout(() => response.destroy(), 200));
  });
  await expect(downloadFile(download, { pause: 1 })).rejects.toThrow(DownloadInterrupted);
  expect(requests.length).toBeLessThan(10);
});

test('a damaged file is refused and removed', async () => {
  const download = await serve(breakingAfter(Infinity));
  const error = await downloadFile({ ...download, sha256: sha256.replace(/^./, 'z') }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(EngineError);
  expect(error).not.toBeInstanceOf(DownloadInterrupted);
  expect(error.message).toContain('big.whl: what 127.0.0.1');
  expect(existsSync(download.path) || existsSync(`${download.path}.part`)).toBe(false);
});

test('aborting ends it with the reason, and what has come stays', async () => {
  const download = await serve((_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 100_000));
  });
  const controller = new AbortController();
  const reason = new Error('enough');
  const onProgress = () => setTimeout(() => controller.abort(reason), 50);
  await expect(downloadFile(download, { signal: controller.signal, onProgress })).rejects.toBe(reason);
  expect((await readFile(`${download.path}.part`)).length).toBeGreaterThan(0);
});
