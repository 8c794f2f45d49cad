const TIMEOUT = 5000;

/**
 * Asks for the headers of a web address.
 *
 * @returns why it cannot be fetched, or nothing if it can
 */
export async function unreachableBecause(url: string, signal?: AbortSignal): Promise<string | undefined> {
  const limit = AbortSignal.timeout(TIMEOUT);
  try {
    const response = await fetch(url, { method: 'HEAD', signal: signal ? AbortSignal.any([signal, limit]) : limit });
    return response.ok
      ? undefined
      : `${new URL(url).host} answers with ${response.status} ${response.statusText}`.trim();
  } catch (error) {
    signal?.throwIfAborted();
    const { cause, message } = error as Error & { cause?: { code?: string } };
    const reason = limit.aborted ? `no answer in ${TIMEOUT / 1000} s` : (cause?.code ?? message);
    return `${new URL(url).host} cannot be reached (${reason})`;
  }
}
