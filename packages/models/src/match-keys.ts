export interface KeyMatch {
  /** Keys of the network for which there are no weights. */
  missing: string[];
  /** Keys of the weights that the network lacks. */
  unexpected: string[];
}

const list = (what: string, keys: string[]) =>
  keys.length === 0 ? [] : [`${keys.length} ${what} (${keys.slice(0, 3).join(', ')}${keys.length > 3 ? ', …' : ''})`];

/**
 * Compares the keys and shapes of weights with those of a network.
 *
 * @param given shapes by key
 * @param wanted shapes by key, in the same layout
 * @param source where the weights come from, for errors
 * @throws if shapes differ, or, when strict, if keys are missing or unexpected
 */
export function matchKeys(
  given: Map<string, number[]>,
  wanted: Map<string, number[]>,
  { strict, source }: { strict: boolean; source: string },
): KeyMatch {
  const missing = [...wanted.keys()].filter((key) => !given.has(key));
  const unexpected = [...given.keys()].filter((key) => !wanted.has(key));
  const misshaped = [...wanted].flatMap(([key, shape]) => {
    const found = given.get(key);
    return found && `${found}` !== `${shape}` ? [`${key} is [${found.join(', ')}], not [${shape.join(', ')}]`] : [];
  });
  const problems = [
    ...(strict ? list('missing', missing) : []),
    ...(strict ? list('unexpected', unexpected) : []),
    ...list('of another shape', misshaped),
  ];
  if (problems.length > 0) {
    throw new Error(
      `${source}: the weights do not fit the network: ${problems.join('; ')}. Build the network with the options it was saved with` +
        (strict && misshaped.length === 0 ? ', or load with strict: false.' : '.'),
    );
  }
  return { missing, unexpected };
}
