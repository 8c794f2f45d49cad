import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findEntry } from './find-entry.ts';
import { listFolder } from './list-folder.ts';

const suffix = '_camera.json';

/** Name of a frame without its number: the same for all frames of a snippet. */
const snippetOf = (frame: string) => frame.normalize().replace(/\d+$/, '');

/** The first camera file of each snippet in a folder. */
const firstCameras = (folder: string): Map<string, string> => {
  const cameras = new Map<string, string>();
  const files = existsSync(folder) ? listFolder(folder).filter((file) => file.endsWith(suffix)) : [];
  for (const file of files.sort()) {
    const snippet = snippetOf(file.slice(0, -suffix.length));
    if (!cameras.has(snippet)) cameras.set(snippet, join(folder, file));
  }
  return cameras;
};

/**
 * Where the camera file of a frame is, `<folder>/<frame>_camera.json`, or else that of any frame of
 * its snippet; if there is none, where it should be. Folders are listed once.
 */
export function cameraFinder(folder: string): (frame: string) => string {
  const known = new Map<string, Map<string, string>>();
  const camerasIn = (path: string) => {
    const cameras = known.get(path) ?? firstCameras(path);
    known.set(path, cameras);
    return cameras;
  };
  return (frame) => {
    const exact = join(folder, frame + suffix);
    const path = findEntry(exact) ?? findEntry(dirname(exact));
    if (path === undefined) return exact;
    return path.endsWith(suffix) ? path : (camerasIn(path).get(snippetOf(basename(frame))) ?? exact);
  };
}
