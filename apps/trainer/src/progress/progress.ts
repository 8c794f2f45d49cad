import cliProgress from 'cli-progress';

/** Shows how far a loop is. */
export interface Progress {
  /** `position` of `total` is reached; `fields` are shown beside it, e.g. losses. */
  update(position: number, fields?: Record<string, number>): void;
  done(): void;
}

export interface ProgressOptions {
  /** Position that was reached before, in an interrupted run. */
  start?: number;
  /** What is counted, e.g. `MB`. Default: iterations, which need no name. */
  unit?: string;
}

/** Milliseconds between two lines where there is no terminal. */
const LINE_EVERY = 5000;

export function showDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
}

function showRate(perSecond: number, unit: string | undefined): string {
  if (unit !== undefined) return `${perSecond.toFixed(1)} ${unit}/s`;
  if (perSecond >= 1 || perSecond === 0) return `${perSecond.toFixed(1)}/s`;
  return `${(1 / perSecond).toFixed(1)}s each`;
}

const showFields = (fields: Record<string, number>) =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${Number.isInteger(value) ? value : value.toPrecision(3)}`)
    .join('  ');

/** A bar with rate and time left on a terminal; elsewhere a line every few seconds. */
export function createProgress(
  output: NodeJS.WriteStream | (NodeJS.WritableStream & { isTTY?: boolean }),
  title: string,
  total: number,
  { start = 0, unit }: ProgressOptions = {},
): Progress {
  const begin = performance.now();
  const speed = (position: number) => {
    const seconds = (performance.now() - begin) / 1000;
    const perSecond = seconds > 0 ? (position - start) / seconds : 0;
    return { rate: showRate(perSecond, unit), left: showDuration((total - position) / perSecond), seconds };
  };

  const suffix = unit === undefined ? '' : ` ${unit}`;

  if (output.isTTY) {
    const bar = new cliProgress.SingleBar({
      format: `  {title} {bar} {value}/{total}${suffix}  {rate}  {left} left  {fields}`,
      stream: output,
      barsize: 24,
      hideCursor: true,
      linewrap: false,
      barCompleteChar: '█',
      barIncompleteChar: '░',
    });
    bar.start(total, start, { title, rate: '', left: '?', fields: '' });
    return {
      update: (position, fields = {}) => {
        const { rate, left } = speed(position);
        bar.update(position, { rate, left, fields: showFields(fields) });
      },
      done: () => bar.stop(),
    };
  }

  let shownAt = begin;
  let shown = start;
  let latest = { position: start, fields: {} as Record<string, number> };
  const line = () => {
    const { position, fields } = latest;
    const { rate, left } = speed(position);
    const end = position >= total ? '' : `  ${left} left`;
    output.write(`  ${title} ${position}/${total}${suffix}  ${rate}${end}  ${showFields(fields)}`.trimEnd() + '\n');
    shownAt = performance.now();
    shown = position;
  };
  return {
    update: (position, fields = {}) => {
      latest = { position, fields };
      if (performance.now() - shownAt >= LINE_EVERY) line();
    },
    done: () => {
      if (latest.position !== shown) line();
    },
  };
}
