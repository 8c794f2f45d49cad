/**
 * Numbers of several steps, one list a name: what two implementations of the same work are compared
 * by.
 */
export type Series = Record<string, number[]>;
