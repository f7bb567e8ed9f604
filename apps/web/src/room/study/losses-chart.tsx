/** Losses of each fold by epoch: train as a thin line, tune as a strong one, the best tune epoch marked. Frame: epochs to the right, loss up. */
import type { RunPage } from "@nacre/api";
import type { ReactNode } from "react";
import { Notice, writeMeasure } from "../ui/index.ts";

type Loss = RunPage["losses"][number];

const [WIDTH, HEIGHT, RIM] = [360, 200, { left: 44, right: 10, top: 10, bottom: 26 }];

export function LossesChart({
  losses,
  isLive,
}: {
  readonly losses: readonly Loss[];
  readonly isLive: boolean;
}): ReactNode {
  const folds = [...new Set(losses.map(({ fold }) => fold))].sort((a, b) => a - b);
  const values = losses.flatMap(({ train, tune }) => (tune === null ? [train] : [train, tune])).filter(Number.isFinite);
  if (values.length === 0)
    return (
      <Notice>
        {isLive
          ? "Losses appear here when the first fold is being fitted."
          : "There are no losses: no fold was fitted, or in one step, as the probes are."}
      </Notice>
    );
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const epochs = Math.max(1, ...losses.map(({ epoch }) => epoch));
  return (
    <div className="folds">
      {folds.map((fold) => (
        <Fold
          key={fold}
          fold={fold}
          losses={losses.filter((loss) => loss.fold === fold).sort((a, b) => a.epoch - b.epoch)}
          range={[low, high]}
          epochs={epochs}
        />
      ))}
    </div>
  );
}

interface FoldProps {
  readonly fold: number;
  readonly losses: readonly Loss[];
  /** One for all folds, so that they can be compared. */
  readonly range: readonly [number, number];
  readonly epochs: number;
}

function Fold({ fold, losses, range: [low, high], epochs }: FoldProps): ReactNode {
  const x = (epoch: number): number =>
    RIM.left + ((epoch - 1) / Math.max(1, epochs - 1)) * (WIDTH - RIM.left - RIM.right);
  const y = (loss: number): number => RIM.top + ((high - loss) / (high - low || 1)) * (HEIGHT - RIM.top - RIM.bottom);
  const line = (of: "train" | "tune"): string =>
    losses
      .flatMap((loss) => (loss[of] === null ? [] : [`${x(loss.epoch).toFixed(1)},${y(loss[of]).toFixed(1)}`]))
      .join(" ");
  const best = losses.reduce<Loss | null>(
    (least, loss) => (loss.tune !== null && (least?.tune == null || loss.tune < least.tune) ? loss : least),
    null,
  );
  const last = losses.at(-1);
  const words = `Fold ${fold}: ${losses.length} epochs, train ${writeMeasure(last?.train ?? 0)}${
    best?.tune == null ? "" : `, best tune ${writeMeasure(best.tune)} at epoch ${best.epoch}`
  }`;
  return (
    <figure className="card fold">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words}>
        {[low, (low + high) / 2, high].map((value) => (
          <g key={value}>
            <line className="grid" x1={RIM.left} x2={WIDTH - RIM.right} y1={y(value)} y2={y(value)} />
            <text x={RIM.left - 6} y={y(value) + 4} textAnchor="end">
              {value.toFixed(2)}
            </text>
          </g>
        ))}
        <text x={RIM.left} y={HEIGHT - 8}>
          1
        </text>
        <text x={WIDTH - RIM.right} y={HEIGHT - 8} textAnchor="end">
          epoch {epochs}
        </text>
        <polyline className="train" points={line("train")} />
        <polyline className="tune" points={line("tune")} />
        {best?.tune == null ? null : <circle className="best" cx={x(best.epoch)} cy={y(best.tune)} r="4" />}
      </svg>
      <figcaption className="small">
        {words}. <span className="soft">Thin: train. Strong: tune.</span>
      </figcaption>
    </figure>
  );
}
