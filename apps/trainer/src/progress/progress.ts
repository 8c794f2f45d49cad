/** Shows how far a loop is. */
export interface Progress {
  /** `position` of `total` is reached; `fields` are shown beside it, e.g. losses. */
  update(position: number, fields?: Record<string, number>): void;
  done(): void;
}
