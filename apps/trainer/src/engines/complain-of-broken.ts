import { UserError } from '../files/user-error.ts';
import type { Finding } from './compare-engines.ts';

/** @throws UserError if an engine is there and does not work */
export function complainOfBroken(findings: readonly Finding[]): void {
  const broken = findings.flatMap((finding) => ('broken' in finding ? [finding.engine] : []));
  if (broken.length > 0) throw new UserError(`broken: ${broken.join(', ')}; see above`);
}
