import { expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';

const page = readFileSync(new URL('../../docs/tensorflow-js-gradients.md', import.meta.url), 'utf8');
/** Each block of code with the heading above it. */
const blocks = [...page.matchAll(/```js\n(.*?)```/gs)].map((match) => ({
  heading: [...page.slice(0, match.index).matchAll(/^#+ (.*)$/gm)].at(-1)![1],
  code: match[1],
}));
const [{ code: prelude }, ...snippets] = blocks;

/** What a snippet prints, with the first one in front of it. */
function printed(snippet: string): string[] {
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const code = `${prelude}\n${snippet}`.replace(/^import .*$/gm, '');
  try {
    new Function('tf', code)(tf);
    return log.mock.calls.map(([line]) => String(line).split('\n')[0].trim());
  } finally {
    log.mockRestore();
  }
}

/** The lines that a snippet's comments promise. */
const promised = (snippet: string) => [...snippet.matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line);

test.each(snippets)('the reproducer prints what the page says: $heading', ({ code }) => {
  expect(promised(code).length).toBeGreaterThan(0);
  expect(printed(code)).toEqual(promised(code));
});
