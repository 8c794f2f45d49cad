export interface Curve {
  /** Left out where another curve of the same colour has it. */
  name?: string;
  color: string;
  values: number[];
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [900, 320, 56, 16, 40, 40];
/** Steps over which the lines are averaged. */
const WINDOW = 10;

/**
 * Curves over the steps of a training run as an SVG image, one diagram below the other; each point
 * is the mean of 10 steps.
 */
export function lossCurves(diagrams: readonly { title: string; curves: readonly Curve[] }[]): string {
  const drawn = diagrams.map(({ title, curves }, i) => diagram(title, curves, i * HEIGHT));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${diagrams.length * HEIGHT}" font-family="sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    ...drawn.flat(),
    '</svg>',
    '',
  ].join('\n');
}

function diagram(title: string, curves: readonly Curve[], offset: number): string[] {
  const named = curves.filter(({ name }) => name !== undefined);
  const smooth = curves.map((curve) => ({ ...curve, values: averaged(curve.values) }));
  const steps = curves[0].values.length;
  const most = Math.max(...smooth.flatMap(({ values }) => values));
  const x = (step: number) => LEFT + (step / steps) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => offset + HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);
  const marks = (count: number, end: number) => Array.from({ length: count + 1 }, (_, i) => (i / count) * end);
  const text = (at: [number, number], anchor: string, content: string, color = '#444') =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}" fill="${color}">${content}</text>`;
  return [
    text([LEFT, offset + 24], 'start', title, '#000'),
    ...named.map(({ name, color }, i) =>
      text([WIDTH - RIGHT - (named.length - 1 - i) * 190, offset + 24], 'end', name!, color),
    ),
    ...marks(4, most).flatMap((value) => [
      `<path d="M${LEFT} ${y(value).toFixed(1)}H${WIDTH - RIGHT}" stroke="#ddd"/>`,
      text([LEFT - 8, y(value) + 4], 'end', value.toFixed(2)),
    ]),
    ...marks(5, steps).map((step) =>
      text([x(step), offset + HEIGHT - BOTTOM + 20], 'middle', String(Math.round(step))),
    ),
    ...smooth.map(({ values, color }) => {
      const points = values.map((value, i) => `${x((i + 0.5) * WINDOW).toFixed(1)} ${y(value).toFixed(1)}`);
      return `<path d="M${points.join('L')}" fill="none" stroke="${color}" stroke-width="1.5" stroke-opacity="0.8"/>`;
    }),
  ];
}

function averaged(values: readonly number[]): number[] {
  return Array.from({ length: Math.floor(values.length / WINDOW) }, (_, i) => {
    const part = values.slice(i * WINDOW, (i + 1) * WINDOW);
    return part.reduce((a, b) => a + b) / WINDOW;
  });
}
