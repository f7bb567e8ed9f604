/** The tiles that weighed most in the newest answer. A click flies to the tile in its slide. */
import { type CasePage, readRegion, type SlideRow } from "@nacre/api";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { searchPath, slidePath } from "../address.ts";
import { addressOf } from "../client/call.ts";

type Tile = CasePage["evidence"][number];

/** How many tiles wide the view is that a tile opens in. */
const AROUND = 5;

export interface EvidenceProps {
  readonly tiles: readonly Tile[];
  readonly slides: readonly SlideRow[];
  /** The class that a contribution speaks for or against; null where the task has none. */
  readonly positive: string | null;
}

export function Evidence({ tiles, slides, positive }: EvidenceProps): ReactNode {
  if (tiles.length === 0) return null;
  const names = new Map(slides.map((slide) => [slide.key, slide.name]));
  return (
    <section className="card stack" aria-labelledby="evidence">
      <div>
        <h2 id="evidence">Where it looked</h2>
        <p className="small soft">
          The tiles that weighed most. They say what the model used, not what caused a disease.
        </p>
      </div>
      <ul className="tiles">
        {tiles.map((tile, rank) => (
          <li key={`${tile.slide} ${tile.x} ${tile.y}`}>
            <EvidenceTile tile={tile} rank={rank + 1} slide={names.get(tile.slide) ?? "slide"} positive={positive} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function EvidenceTile({
  tile,
  rank,
  slide,
  positive,
}: Pick<EvidenceProps, "positive"> & {
  readonly tile: Tile;
  readonly rank: number;
  readonly slide: string;
}): ReactNode {
  const { x, y, size } = tile;
  const rim = (size * (AROUND - 1)) / 2;
  const place = { x: x - rim, y: y - rim, w: size * AROUND };
  const picture = addressOf(readRegion, {
    params: { slide: tile.slide },
    query: { x, y, width: size, height: size, size: 224 },
  });
  const weight =
    tile.contribution === null
      ? `attention ${tile.attention.toPrecision(2)}`
      : `${tile.contribution >= 0 ? "for" : "against"} ${positive ?? "the answer"}, ${Math.abs(tile.contribution).toPrecision(2)}`;
  return (
    <>
      <Link
        href={slidePath(tile.slide, place, tile.run)}
        className="tile"
        aria-label={`Tile ${rank} of ${slide}: ${weight}. Open in the slide`}
      >
        <img src={picture} alt="" loading="lazy" decoding="async" />
      </Link>
      <div className="small tile-words">
        <span title={`${slide}, x ${Math.round(x)}, y ${Math.round(y)}`}>{weight}</span>
        <Link
          href={searchPath(tile.slide, tile.run, { x, y })}
          aria-label={`more like this: tiles that look like tile ${rank} of ${slide}`}
        >
          more like this
        </Link>
      </div>
    </>
  );
}
