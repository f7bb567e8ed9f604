/** The losses of a fit as a drawing that grows with each epoch. Its place on the page is kept before the first one. */
import type { Epoch } from "@nacre/models";

/** Height of the drawing in its own units; its width is chosen for the page. */
export const HEIGHT = 280;
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 64, 14, 34];

export interface ChartOptions {
  readonly width: number;
  /** How many there can be. */
  readonly epochs: number;
  /** The epoch that is kept, once it is known. */
  readonly best: number | null;
}

/** Markup of the chart, width by HEIGHT units. */
export function lossChart(history: readonly Epoch[], { width, epochs, best }: ChartOptions): string {
  const losses = history.flatMap(({ trainLoss, tuneLoss }) =>
    tuneLoss === null ? [trainLoss] : [trainLoss, tuneLoss],
  );
  const top = niceAbove(Math.max(0.1, ...losses));
  const last = Math.max(2, epochs);
  const x = (epoch: number): number => LEFT + ((epoch - 1) / (last - 1)) * (width - LEFT - RIGHT);
  const y = (loss: number): number => HEIGHT - BOTTOM - (loss / top) * (HEIGHT - TOP - BOTTOM);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y(share * top).toFixed(1);
    return `<path class="grid" d="M${LEFT} ${at}H${width - RIGHT}"/><text class="tick" x="${LEFT - 8}" y="${at}" dy="4" text-anchor="end">${(share * top).toFixed(2)}</text>`;
  });
  const ticks = ticksOf(last, width / 80).map(
    (epoch) => `<text class="tick" x="${x(epoch).toFixed(1)}" y="${HEIGHT - 12}" text-anchor="middle">${epoch}</text>`,
  );
  const kept =
    best === null
      ? ""
      : `<path class="best" d="M${x(best).toFixed(1)} ${TOP}V${HEIGHT - BOTTOM}"/><text class="tick" x="${(x(best) + 6).toFixed(1)}" y="${HEIGHT - BOTTOM - 8}">kept</text>`;
  const lines = [
    { name: "train", of: ({ trainLoss }: Epoch) => trainLoss },
    { name: "tune", of: ({ tuneLoss }: Epoch) => tuneLoss },
  ].map(({ name, of }) => {
    const points = history.flatMap((row) => {
      const loss = of(row);
      return loss === null ? [] : [{ x: x(row.epoch), y: y(loss) }];
    });
    return { name, points };
  });
  const ends = apart(lines.map(({ points }) => points.at(-1)?.y ?? null));
  const drawn = lines.map(({ name, points }, i) => {
    const end = points.at(-1);
    if (end === undefined) return "";
    const path = points.map((p, j) => `${j === 0 ? "M" : "L"}${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join("");
    return `<path class="line ${name}" d="${path}"/><circle class="${name}" cx="${end.x.toFixed(1)}" cy="${end.y.toFixed(1)}" r="3"/><text class="name ${name}" x="${(end.x + 8).toFixed(1)}" y="${(ends[i] ?? end.y).toFixed(1)}" dy="4">${name}</text>`;
  });
  return [
    ...grid,
    ...ticks,
    `<text class="tick" x="${width}" y="${HEIGHT - 12}" text-anchor="end">epoch</text>`,
    kept,
    ...drawn,
  ].join("");
}

/** The next of 0.1, 0.2, 0.4, 0.8, 1, 2, 4, 8, 10 and so on. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 4, 8, 10].find((step) => step * power >= value) ?? 10);
}

function ticksOf(last: number, most: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((s) => last / s <= most) ?? 1000;
  return [1, ...Array.from({ length: Math.floor(last / step) }, (_, i) => (i + 1) * step)].filter(
    (epoch, i) => i === 0 || epoch > step / 2 + 1,
  );
}

/** Two heights at least a line of text from each other. */
function apart([a = null, b = null]: readonly (number | null)[]): (number | null)[] {
  const gap = 16;
  if (a === null || b === null || Math.abs(a - b) >= gap) return [a, b];
  const middle = (a + b) / 2;
  return a <= b ? [middle - gap / 2, middle + gap / 2] : [middle + gap / 2, middle - gap / 2];
}
