/** A run in a process of its own has failed and told the user why. */
export class SeedFailed extends Error {
  override name = 'SeedFailed';
}
