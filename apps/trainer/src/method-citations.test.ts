import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import glob from 'fast-glob';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const method = readFileSync(join(root, 'docs/method.md'), 'utf8');
const places = new Set([
  ...[...method.matchAll(/^#{2,3} (\d+(?:\.\d+)?)\b/gm)].map(([, section]) => section),
  ...[...method.matchAll(/^- \*\*(D \d+)\*\*/gm)].map(([, defect]) => defect),
]);

interface Citation {
  line: number;
  /** Sections as `2.3`, defects of section 9 as `D 1`. */
  cited: string[];
}

/**
 * Where a text cites docs/method.md: "section 5.4", "sections 5.2 and 5.3", "section 9, D 1"; a
 * comment may break the line anywhere.
 */
function citationsIn(text: string): Citation[] {
  const gap = String.raw`(?:\s|\n\s*(?:\*|//|#))+`;
  const place = String.raw`(?:D${gap})?\d+(?:\.\d+)?`;
  const separator = String.raw`(?:,${gap}and|,|${gap}and)${gap}`;
  const pattern = new RegExp(`docs/method\\.md,${gap}sections?${gap}(${place}(?:${separator}${place})*)`, 'g');
  return [...text.matchAll(pattern)].map(({ index, 1: list }) => ({
    line: text.slice(0, index).split('\n').length,
    cited: [...list.matchAll(/(D[^\d]+)?(\d+(?:\.\d+)?)/g)].map(([, defect, number]) =>
      defect ? `D ${number}` : number,
    ),
  }));
}

const sources = glob.sync(
  ['{packages,apps}/*/src/**/*.ts', '{parity,conformance,benches}/src/**/*.ts', '**/*.md', '**/configs/*.yaml'],
  { cwd: root, absolute: true, ignore: ['**/node_modules/**', '**/dist/**', 'runs/**'] },
);
const others = sources.filter((file) => file !== fileURLToPath(import.meta.url));

test('every section of docs/method.md that is cited exists', () => {
  const dead = others.flatMap((file) =>
    citationsIn(readFileSync(file, 'utf8')).flatMap(({ line, cited }) =>
      cited.filter((place) => !places.has(place)).map((place) => `${relative(root, file)}:${line}: ${place}`),
    ),
  );
  expect(dead).toEqual([]);
});

test('citations are found in every form in which they are written', () => {
  const cited = (text: string) => citationsIn(text).flatMap((citation) => citation.cited);
  expect(cited('(docs/method.md, section 2.3)')).toEqual(['2.3']);
  expect(cited('docs/method.md, sections 5.2, 5.3 and 5.6.')).toEqual(['5.2', '5.3', '5.6']);
  expect(cited('docs/method.md, section 9, D 17')).toEqual(['9', 'D 17']);
  expect(cited(' * as the reference does (docs/method.md,\n   * section 3), and')).toEqual(['3']);
  expect(cited('// docs/method.md, section\n// 12.1')).toEqual(['12.1']);
  expect(cited('see docs/method.md for all of it')).toEqual([]);
  expect(citationsIn('one\ntwo docs/method.md, section 4.1')).toEqual([{ line: 2, cited: ['4.1'] }]);
});

test('docs/method.md numbers no section twice', () => {
  const headings = [...method.matchAll(/^#{2,3} (\d+(?:\.\d+)?)\b/gm)].map(([, section]) => section);
  expect(headings).toEqual([...new Set(headings)]);
  expect(headings.length).toBeGreaterThan(40);
});

test('nothing cites "METHOD", which is not part of the repository', () => {
  const cites = others.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((text, line) => (/\bMETHOD(?: \d|'s)/.test(text) ? [`${relative(root, file)}:${line + 1}`] : [])),
  );
  expect(cites).toEqual([]);
});
