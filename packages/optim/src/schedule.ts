/** What the learning rates are multiplied by, given how many steps have been taken. */
export type Schedule = (iteration: number) => number;
