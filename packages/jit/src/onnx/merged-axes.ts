/**
 * Shapes that mean the same broadcast with as few axes as possible: axes on which the operands
 * stretch alike become one, axes on which all are 1 go.
 *
 * @param shapes of operands that are broadcast against each other, aligned at the end
 * @returns one shape for each operand, all of the same rank, which is 0 if all operands have a
 *   single element
 */
export function mergedAxes(shapes: readonly (readonly number[])[]): number[][] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const merged: number[][] = shapes.map(() => []);
  let previous = '';
  for (let axis = 0; axis < rank; axis++) {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const stretched = sizes.map((size) => size !== 1);
    if (!stretched.includes(true)) continue;
    const pattern = stretched.join();
    if (pattern === previous) merged.forEach((shape, i) => (shape[shape.length - 1] *= sizes[i]));
    else merged.forEach((shape, i) => shape.push(sizes[i]));
    previous = pattern;
  }
  return merged;
}
