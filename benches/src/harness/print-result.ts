/**
 * Runs a bench whose command line may say `--json`, prints its lines for people unless it does, and its result as the last line. A bench that fails prints
 * why, and the process ends with code 1.
 */
export async function printResult<Result>(
  bench: string,
  measure: (say: (line: string) => void) => Promise<Result>,
): Promise<void> {
  const args = process.argv.slice(2);
  const unknown = args.find((argument) => argument !== '--json');
  try {
    if (unknown !== undefined) throw new Error(`unknown argument ${unknown}; there is only --json`);
    console.log(JSON.stringify(await measure(args.includes('--json') ? () => undefined : console.log)));
  } catch (error) {
    console.error(`bench: ${bench}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
