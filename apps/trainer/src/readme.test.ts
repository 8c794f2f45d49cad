import { expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './config/load-config.ts';
import { builtIn } from './parts/built-in/built-in.ts';
import { loadModules } from './parts/load-modules.ts';
import { createRegistries } from './parts/registries.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const block = (language: string) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(readme)![1];

test("the README's config and module are accepted, and it names every built-in part", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'segsde-readme-'));
  await writeFile(join(folder, 'config.yaml'), block('yaml'));
  await writeFile(join(folder, 'mixing.ts'), block('ts'));
  const config = await loadConfig(join(folder, 'config.yaml'));
  expect(config.train.variants).toHaveLength(2);
  const registries = createRegistries(builtIn);
  await loadModules(registries, [join(folder, 'mixing.ts')], () => 'config.yaml');
  expect([...registries['mixing rule'].keys()]).toContain('left-half');
  for (const { name } of builtIn) expect(readme).toContain(`\`${name}\``);
  await rm(folder, { recursive: true });
});
