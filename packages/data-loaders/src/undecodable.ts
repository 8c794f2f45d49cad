import { DataError } from './data-error.ts';

const wayOut = 'Fetch it again or take it out of the folder.';

/** What is thrown for a file of no bytes. */
export const emptyFile = (file: string): DataError => new DataError(`${file}: the file is empty. ${wayOut}`);

/** What is thrown for a file that sharp has not decoded. */
export function undecodable(file: string, error: unknown): DataError {
  const reason = (error as Error).message.split('\n')[0];
  return reason.includes('unsupported image format')
    ? new DataError(`${file}: not a PNG or JPEG file, whatever its name says. ${wayOut}`)
    : new DataError(`${file}: the picture cannot be decoded (${reason}). ${wayOut}`);
}
