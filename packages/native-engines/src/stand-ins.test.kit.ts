import { createHash } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { create } from 'tar';
import type { Programs } from './programs.ts';

export const LINUX = { platform: 'linux', arch: 'x64' };
export const WHEEL = 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl';

/** What a working engine's test prints. */
export const TESTED = { library: '2.21.0', gpu: false, losses: [0.1, 0.01] };

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Stands in for the machine's programs, a package index and tfjs-node's host: a folder of shell
 * scripts and a local server.
 */
export interface StandIns {
  programs: Programs;
  /** Address of the server. */
  host: string;
  /** Method, path and range of each request so far, e.g. `GET /wheels/a.whl bytes=5-`. */
  requests: string[];
  /** What the server has at a path: a body, or a function that answers. */
  files: Map<string, Buffer | Answer>;
  /** Replaces a program by a shell script. @returns its path */
  script(name: string, ...lines: string[]): Promise<string>;
  close(): Promise<void>;
}

/** A wheel with the files that an installation takes, and some that it leaves. */
export const wheel = (): Buffer =>
  Buffer.from(
    zipSync({
      'tensorflow/libtensorflow_cc.so.2': new Uint8Array(200_000).map((_, i) => (i * 7919) % 251),
      'tensorflow/libtensorflow_framework.so.2': strToU8('framework'),
      'tensorflow/include/tensorflow/c/c_api.h': strToU8('// C API'),
      'tensorflow/include/Eigen/Core': strToU8('// not included'),
      'tensorflow/__init__.py': strToU8('import numpy'),
    }),
  );

/** A gzipped tar file of `files`, by path. */
export async function tarball(folder: string, name: string, files: Record<string, string>): Promise<string> {
  const root = join(folder, `${name}-content`);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const file = join(folder, name);
  await create({ file, cwd: root, gzip: true }, [...new Set(Object.keys(files).map((path) => path.split('/')[0]))]);
  return file;
}

function answerWithRange(body: Buffer, request: IncomingMessage, response: ServerResponse) {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const rest = body.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': rest.length });
  response.end(request.method === 'HEAD' ? undefined : rest);
}

/**
 * Stand-ins with which an installation from the wheel succeeds, while tfjs-node's host has nothing.
 */
export async function standIns(folder: string): Promise<StandIns> {
  const requests: string[] = [];
  const files = new Map<string, Buffer | Answer>();
  const server: Server = createServer((request, response) => {
    requests.push([request.method, request.url, request.headers.range].filter(Boolean).join(' '));
    const file = files.get(request.url!);
    if (!file) response.writeHead(404).end();
    else if (typeof file === 'function') file(request, response);
    else answerWithRange(file, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const script = async (name: string, ...lines: string[]) => {
    const path = join(folder, name);
    await writeFile(path, ['#!/bin/sh', ...lines, ''].join('\n'));
    await chmod(path, 0o755);
    return path;
  };

  const content = wheel();
  files.set(`/wheels/${WHEEL}`, content);
  const hash = `sha256=${createHash('sha256').update(content).digest('hex')}`;
  const found = { download_info: { url: `${host}/wheels/${WHEEL}`, archive_info: { hash } } };
  await writeFile(join(folder, 'report.json'), JSON.stringify({ install: [found] }));

  const sources = { 'package/binding/tfjs_binding.cc': '//', 'package/binding/tfjs_backend.cc': '//' };
  const packed = await tarball(folder, 'tensorflow-tfjs-node-4.22.0.tgz', sources);

  const programs: Programs = {
    python: await script(
      'python3',
      'case "$*" in *--version*) echo "pip 24.0";;',
      `*--report=-*tensorflow-cpu*) cat ${folder}/report.json;;`,
      '*) echo "unexpected: $*" >&2; exit 2;; esac',
    ),
    npm: await script(
      'npm',
      `case "$*" in --version) echo 10;; pack*tfjs-node@4.22.0*) cp ${packed} .;; *) exit 2;; esac`,
    ),
    compilers: [
      await script(
        'c++',
        '[ "$1" = --version ] && exit 0',
        // Fails where library or headers are not where it is told that they are.
        'cat tensorflow/libtensorflow_framework.so.2 tensorflow/include/tensorflow/c/c_api.h > tfjs_binding.node',
      ),
    ],
    node: await script('node', `[ -s "$2" ] && echo '${JSON.stringify(TESTED)}'`),
    nvidiaSmi: await script('nvidia-smi', 'echo "A card, 580.95.05, 40000"'),
  };
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { programs, host, requests, files, script, close };
}
