import { userLine } from './user-line.ts';

/**
 * The error for a kernel that the recorder does not know, in the user's words; other errors come
 * back as they are.
 *
 * @param whose what traced which function, as the message begins
 * @param remedy what to do if the function cannot be written otherwise
 */
export function describeMissingKernel(error: unknown, whose: string, remedy: string): unknown {
  const missing =
    error instanceof Error &&
    /Kernel '([^']+)' not registered for backend 'jit'|registered kernel ['"]?(\w+)['"]? for backend/.exec(
      error.message,
    );
  if (!missing) return error;
  return new Error(
    `${whose} uses the kernel ${missing[1] ?? missing[2]}, which has no compiled form${userLine(error.stack)}. Write it with other operations, or ${remedy}.`,
    { cause: error },
  );
}
