import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cityNames, type CityName } from './city-styles.ts';
import { encodePng } from './encode-png.ts';
import { hash } from './hash.ts';
import { renderSnippet, skyDepth, type Frame } from './render-snippet.ts';
import { sceneClasses } from './scene-classes.ts';

export interface WriteCityscapesOptions {
  /** Number of places, each with one annotated frame. */
  scenes: { train: number; val: number };
  seed?: number;
  /** Pixels; default 256 x 128. */
  width?: number;
  height?: number;
  /** Odd; default 5: two before and two after the annotated one. */
  framesPerSnippet?: number;
  /** Called after every place. */
  onProgress?: (progress: { done: number; total: number; id: string }) => void;
  /**
   * Stops between two frames; what is written by then stays and a later call goes on from there.
   */
  signal?: AbortSignal;
}

/** Number of the annotated frame in its snippet, as in Cityscapes. */
const annotatedFrame = 19;

/** Sequence numbers of validation places start here, so that no name occurs in both splits. */
const firstValidationSequence = 100000;

/**
 * Places of a city in 22 of the training split: a few cities make up most of it, as in data that
 * somebody drove together.
 */
const trainShares: Record<CityName, number> = {
  oldtown: 3,
  avenue: 5,
  gardens: 4,
  harbour: 2,
  downtown: 3,
  orchard: 2,
  moor: 1,
  coast: 2,
  winter: 0,
};

const version = 2;

/**
 * Renders places and writes them in Cityscapes' layout (see the README), one city after another.
 * Validation shows other places of the same cities and of one more. Files are written under a
 * temporary name and renamed; places that are complete already are skipped, so an interrupted call
 * can simply be repeated. The same options give the same bytes.
 *
 * @throws when the folder holds scenes that were written with other options, and when `signal`
 *   aborts
 */
export async function writeCityscapes(
  root: string,
  { scenes, seed = 1, width = 256, height = 128, framesPerSnippet = 5, onProgress, signal }: WriteCityscapesOptions,
): Promise<void> {
  await claimFolder(root, { version, seed, width, height, framesPerSnippet, scenes });
  const places = [
    ...spread(scenes.train, (city) => trainShares[city]).map((place) => ({ ...place, split: 'train' })),
    ...spread(scenes.val, () => 1).map((place) => ({ ...place, split: 'val' })),
  ];
  let done = 0;
  for (const { split, city, index } of places) {
    signal?.throwIfAborted();
    const sequence = index + (split === 'val' ? firstValidationSequence : 0);
    const id = `${city}_${sixDigits(sequence)}_${sixDigits(annotatedFrame)}`;
    const first = annotatedFrame - (framesPerSnippet - 1) / 2;
    const paths = pathsOf(root, { split, city, sequence, first, framesPerSnippet });
    if (!Object.values(paths).flat().every(existsSync)) {
      const place = hash(seed, sequence);
      const frames = renderSnippet(place, { city, width, height, frames: framesPerSnippet });
      signal?.throwIfAborted();
      await writePlace(paths, frames);
    }
    onProgress?.({ done: ++done, total: places.length, id });
  }
}

/**
 * Deals `count` places to the cities in proportion to their shares, in an order that mixes the
 * cities.
 */
function spread(count: number, shareOf: (city: CityName) => number): { city: CityName; index: number }[] {
  const total = cityNames.reduce((sum, city) => sum + shareOf(city), 0);
  const given = new Map<CityName, number>(cityNames.map((city) => [city, 0]));
  return Array.from({ length: count }, (_, position) => {
    // The city that is furthest behind its share comes next.
    const lag = (city: CityName) => ((position + 1) * shareOf(city)) / total - (given.get(city) ?? 0);
    const city = cityNames.reduce((best, other) => (lag(other) > lag(best) + 1e-9 ? other : best));
    const index = given.get(city) ?? 0;
    given.set(city, index + 1);
    return { city, index };
  });
}

const sixDigits = (value: number) => String(value).padStart(6, '0');

interface PlacePaths {
  sequence: string[];
  image: string;
  label: string;
  camera: string;
  depth: string;
  pose: string;
}

function pathsOf(
  root: string,
  place: { split: string; city: CityName; sequence: number; first: number; framesPerSnippet: number },
): PlacePaths {
  const { split, city, sequence } = place;
  const path = (kind: string, frame: number, ending: string) =>
    join(root, kind, split, city, `${city}_${sixDigits(sequence)}_${sixDigits(frame)}_${ending}`);
  return {
    sequence: Array.from({ length: place.framesPerSnippet }, (_, i) =>
      path('leftImg8bit_sequence', place.first + i, 'leftImg8bit.png'),
    ),
    image: path('leftImg8bit', annotatedFrame, 'leftImg8bit.png'),
    label: path('gtFine', annotatedFrame, 'gtFine_labelIds.png'),
    camera: path('camera', annotatedFrame, 'camera.json'),
    depth: path('depth', annotatedFrame, 'depth.png'),
    pose: path('pose', annotatedFrame, 'pose.json'),
  };
}

async function writePlace(paths: PlacePaths, frames: Frame[]): Promise<void> {
  const middle = frames[(frames.length - 1) / 2];
  const { width, height } = middle.image;
  const images = await Promise.all(frames.map(({ image }) => encodePng(image)));
  const labelIds = new Uint8Array(256);
  for (const { trainId, labelId } of sceneClasses) labelIds[trainId] = labelId;
  const centimetres = Uint16Array.from(middle.depth, (depth) =>
    depth >= skyDepth ? 0 : Math.min(65535, depth * 100 + 0.5),
  );
  for (const [i, image] of images.entries()) await writeWhole(paths.sequence[i], image);
  await writeWhole(paths.image, images[(frames.length - 1) / 2]);
  await writeWhole(
    paths.label,
    await encodePng({ width, height, data: middle.label.data.map((trainId) => labelIds[trainId]) }),
  );
  await writeWhole(paths.depth, await encodePng({ width, height, data: centimetres }));
  await writeWhole(
    paths.camera,
    json({
      extrinsic: { pitch: Math.atan2(middle.pose[6], middle.pose[5]), roll: 0, yaw: 0, x: 0, y: 0, z: -middle.pose[7] },
      intrinsic: middle.intrinsics,
    }),
  );
  const poses = frames.map(({ pose, time }) => [sixDigits(annotatedFrame + time), Array.from(pose)] as const);
  await writeWhole(paths.pose, json({ unit: 'metre', cameraToWorld: Object.fromEntries(poses) }));
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.part`;
  await writeFile(temporary, content);
  await rename(temporary, path);
}

/**
 * Notes in `scenes.json` what is being written, or makes sure that it is what was being written
 * before.
 */
async function claimFolder(root: string, settings: Record<string, unknown>): Promise<void> {
  const path = join(root, 'scenes.json');
  const wanted = json(settings);
  if (!existsSync(path)) {
    await writeWhole(join(root, 'depth', 'depth.json'), json({ unit: 'centimetre', none: 0 }));
    return writeWhole(path, wanted);
  }
  if ((await readFile(path, 'utf8')) !== wanted) {
    throw new Error(
      `${path} says that this folder holds scenes rendered with other options. Choose another folder, or delete this one first.`,
    );
  }
}
