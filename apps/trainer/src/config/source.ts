import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { showFile } from '../files/show-file.ts';
import { UserError } from '../files/user-error.ts';
import { type Group, isGroup, merge } from './merge.ts';

/** One YAML file of a config. */
export interface Source {
  /** As shown in messages. */
  file: string;
  document: Document;
  lines: LineCounter;
}

/**
 * The files behind a config, the named one first, then what it extends, and their merged content.
 */
export interface Sources {
  sources: Source[];
  merged: Group;
}

/** Keys whose values are paths, which are relative to the file that says so. */
function resolvePaths(config: Group, folder: string): Group {
  const withRoot = (data: unknown) =>
    isGroup(data) && typeof data.root === 'string' ? { ...data, root: resolve(folder, data.root) } : data;
  const resolved = { ...config };
  if ('data' in config) resolved.data = withRoot(config.data);
  if (isGroup(config.depth) && 'data' in config.depth) {
    resolved.depth = { ...config.depth, data: withRoot(config.depth.data) };
  }
  if (Array.isArray(config.modules)) {
    resolved.modules = config.modules.map((path: unknown) => (typeof path === 'string' ? resolve(folder, path) : path));
  }
  return resolved;
}

/** The key at `path` or the nearest group around it that is written in the document. */
function nodeAt(document: Document, path: readonly (string | number)[]): Node | undefined {
  let found: Node | undefined;
  let node: unknown = document.contents;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (!pair) break;
      found = pair.key as Node;
      node = pair.value;
    } else {
      const item = (node as { items?: Node[] } | null)?.items?.[Number(part)];
      if (!item) break;
      found = node = item;
    }
  }
  return found;
}

function position({ file, lines }: Source, offset: number | undefined): string {
  if (offset === undefined) return file;
  const { line, col } = lines.linePos(offset);
  return `${file}:${line}:${col}`;
}

/** `file:line:col` of the last word on `path`. */
export function locate(sources: readonly Source[], path: readonly (string | number)[]): string {
  const holder = sources.find(({ document }) => document.hasIn(path)) ?? sources[0];
  return position(holder, nodeAt(holder.document, path)?.range?.[0]);
}

/** Reads a config file and those that it extends. @throws UserError */
export async function readSources(path: string, extendedBy: readonly string[] = [], saidAt?: string): Promise<Sources> {
  const full = resolve(path);
  const file = showFile(full);
  if (extendedBy.includes(full)) {
    const circle = [...extendedBy.slice(extendedBy.indexOf(full)), full].map(showFile);
    throw new UserError(`${saidAt}  extends: goes round in a circle: ${circle.join(' -> ')}`);
  }
  let text: string;
  try {
    text = await readFile(full, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (error as Error).message;
    throw new UserError(saidAt ? `${saidAt}  extends: ${file}: ${reason}` : `${file}: ${reason}`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const source = { file, document, lines };
  if (document.errors.length > 0) {
    const { message, pos } = document.errors[0];
    throw new UserError(`${position(source, pos[0])}  not YAML: ${message.split('\n')[0]}`);
  }
  const content: unknown = document.toJS() ?? {};
  if (!isGroup(content)) throw new UserError(`${file}: must hold keys and values, e.g. "seed: 1"`);
  const { extends: base, ...own } = content;
  const merged = resolvePaths(own, dirname(full));
  if (base === undefined) return { sources: [source], merged };

  const at = locate([source], ['extends']);
  if (typeof base !== 'string') throw new UserError(`${at}  extends: must be the path of another YAML file`);
  const below = await readSources(resolve(dirname(full), base), [...extendedBy, full], at);
  return { sources: [source, ...below.sources], merged: merge(below.merged, merged) };
}
