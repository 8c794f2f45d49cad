import { DataError } from './data-error.ts';

/** Something wrong with a file. */
export interface Finding {
  /** The file or, where a data set does not name its files, the sample's id. */
  file: string;
  /** One line that names it, says what is wrong and what to do. */
  message: string;
}

/** @throws DataError with the first finding and the count of the others, if there are any */
export function throwFindings(findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  const others = findings.length - 1;
  const more = others === 0 ? '' : ` (${others} more ${others === 1 ? 'file is' : 'files are'} not right either)`;
  throw new DataError(findings[0].message + more);
}

/** Runs a check; a DataError becomes a finding. */
export async function findingsOf<T>(
  check: () => T,
  { file, findings }: { file: string; findings: Finding[] },
): Promise<Awaited<T> | undefined> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    findings.push({ file, message: error.message });
    return undefined;
  }
}
