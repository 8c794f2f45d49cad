/** Ctrl-C: thrown once everything that is worth keeping has been saved. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}
