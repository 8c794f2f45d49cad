import { Interrupted } from '../files/interrupted.ts';

/**
 * Aborts at the first Ctrl-C or SIGTERM, so that the current step can finish and be saved; the
 * second one ends the process at once.
 */
export function stopOnCtrlC(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(1);
      console.error('\nsegsde: stopping after this step (again: at once)');
      controller.abort(new Interrupted());
    });
  }
  return controller.signal;
}
