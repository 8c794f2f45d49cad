import { resolve } from 'node:path';
import { UserError } from '../files/user-error.ts';
import { builtIn } from '../parts/built-in/built-in.ts';
import { loadModules } from '../parts/load-modules.ts';
import { createRegistries } from '../parts/registries.ts';
import { type ConfigIssue, describeIssues, showPath } from './issues.ts';
import type { Group } from './merge.ts';
import { applyOverride, type Override, parseOverride } from './override.ts';
import { type Config, configSchema } from './schema.ts';
import { locate, readSources } from './source.ts';

export interface ConfigOptions {
  /** `path=value` texts, applied in order on top of the file. */
  set?: readonly string[];
  /** Folder for `data.root`. */
  data?: string;
  /** Folder for `depth.data.root`. */
  depthData?: string;
}

const startsWith = (path: readonly unknown[], start: readonly unknown[]) => start.every((part, i) => path[i] === part);

/**
 * Reads a config with all it extends, loads its modules, fills in defaults and checks everything.
 * @throws UserError
 */
export async function loadConfig(file: string, { set = [], data, depthData }: ConfigOptions = {}): Promise<Config> {
  const { sources, merged } = await readSources(file);
  const overrides = set.map(parseOverride);
  const folder = (flag: string, path: string[], value: string | undefined): Override[] =>
    value === undefined ? [] : [{ text: flag, path, value: resolve(value) }];
  overrides.push(...folder('--data', ['data', 'root'], data));
  overrides.push(...folder('--depth-data', ['depth', 'data', 'root'], depthData));
  const raw = overrides.reduce(applyOverride, merged as unknown) as Group;

  const registries = createRegistries(builtIn);
  const { modules } = raw;
  if (Array.isArray(modules) && modules.every((path) => typeof path === 'string')) {
    await loadModules(registries, modules, (index) => `${locate(sources, ['modules', index])}  modules`);
  }

  const schema = configSchema(registries);
  const parsed = schema.safeParse(raw, { reportInput: true });
  if (parsed.success) return parsed.data;

  const issues = describeIssues(schema, parsed.error.issues);
  const where = ({ path }: ConfigIssue) => {
    const override = overrides.findLast((candidate) => startsWith(path, candidate.path));
    return override
      ? override.text.startsWith('--')
        ? override.text
        : `--set ${override.text}`
      : locate(sources, path);
  };
  const isUnknownKey = ({ message }: ConfigIssue) => message.startsWith('unknown key');
  const first = issues.find(isUnknownKey) ?? issues[0];
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  throw new UserError(`${where(first)}  ${showPath(first.path)}: ${first.message}${more}`);
}
