import { spawnSync } from 'node:child_process';

/**
 * The version of PyTorch that a Python interpreter has.
 *
 * @throws if there is no interpreter, or it lacks PyTorch or NumPy; says what to install
 */
export function torchVersion(python: string | undefined): string {
  const advice = 'python3 -m pip install torch==2.13.0 numpy';
  if (!python) {
    throw new Error(
      `there is nothing to compare with: set PYTHON to a Python interpreter that has PyTorch 2.13 (${advice})`,
    );
  }
  const { status, stdout, stderr, error } = spawnSync(python, ['-c', 'import numpy, torch; print(torch.__version__)'], {
    encoding: 'utf8',
  });
  if (status === 0) return stdout.trim();
  const reason = error?.message ?? stderr.trim().split('\n').at(-1);
  throw new Error(`PYTHON=${python} does not give PyTorch to compare with (${reason}): install it (${advice})`);
}
