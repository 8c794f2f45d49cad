import { answers } from './answers.ts';
import type { Programs } from './programs.ts';

/** What is missing to fetch wheels with pip, in words; nothing if it is there. */
export async function lackOfPip(
  { python }: Pick<Programs, 'python'>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (await answers(python, ['-m', 'pip', '--version'], signal)) return undefined;
  return `no ${python} with pip, which only fetches the library; on Debian or Ubuntu: apt install python3-pip`;
}
