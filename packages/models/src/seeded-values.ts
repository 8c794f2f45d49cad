/** How a parameter starts: normal with a standard deviation, uniform in ±limit, or one constant. */
export type Initialization = { normal: number } | { uniform: number } | { constant: number };

// Looking Math up for each of millions of values takes most of the time in sandboxes such as
// jest's.
const { sqrt, log, cos, sin } = Math;

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

/** Chris Doty-Humphrey's sfc32: 128 bits of state, uniform integers of 32 bits. */
function sfc32(a: number, b: number, c: number): () => number {
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
}

/**
 * Initial values of one parameter: a pure function of its arguments, so that a network does not
 * depend on the order in which its parts are built.
 *
 * @param key name of the parameter, e.g. its state-dict key
 * @param count number of values
 */
export function seededValues(
  count: number,
  { seed, key, initialization }: { seed: number; key: string; initialization: Initialization },
): Float32Array {
  const values = new Float32Array(count);
  if ('constant' in initialization) return values.fill(initialization.constant);
  const next = sfc32(fnv1a(key), seed | 0, Math.floor(seed / 2 ** 32) | 0);
  if ('uniform' in initialization) {
    const scale = (2 * initialization.uniform) / 2 ** 32;
    for (let i = 0; i < count; i++) values[i] = scale * next() - initialization.uniform;
    return values;
  }
  const turn = (2 * Math.PI) / 2 ** 32;
  for (let i = 0; i < count; i += 2) {
    const radius = initialization.normal * sqrt(-2 * log((next() + 1) / 2 ** 32));
    const angle = turn * next();
    values[i] = radius * cos(angle);
    if (i + 1 < count) values[i + 1] = radius * sin(angle);
  }
  return values;
}
