/** The chosen points: what they are made of, and how they look. */
import type { EmbeddingMap } from "@nacre/api";
import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import { slidePath } from "../address.ts";
import { QueryPicture } from "../search/query-picture.tsx";
import { count } from "../shell/count.ts";
import { Button } from "../ui/index.ts";
import { columnWord } from "./separation.ts";

export interface ChosenProps {
  readonly map: EmbeddingMap;
  readonly chosen: ReadonlySet<number>;
}

const SHOWN = 24;
const AROUND = 5;

export interface Share {
  readonly name: string;
  readonly count: number;
  /** Of the chosen, and of all points, 0..1. */
  readonly share: number;
  readonly usual: number;
}

/** What the chosen points are of a column, the most frequent first; unknown ones are left out of both shares. */
export function composition(column: EmbeddingMap["columns"][number], chosen: ReadonlySet<number>): Share[] {
  const counts = column.names.map(() => ({ own: 0, all: 0 }));
  for (const [i, value] of column.values.entries()) {
    const one = counts[value];
    if (one === undefined) continue;
    one.all += 1;
    if (chosen.has(i)) one.own += 1;
  }
  const [own, all] = [counts.reduce((sum, c) => sum + c.own, 0), counts.reduce((sum, c) => sum + c.all, 0)];
  return column.names
    .map((name, i) => {
      const { own: mine = 0, all: whole = 0 } = counts[i] ?? {};
      return { name, count: mine, share: mine / (own || 1), usual: whole / (all || 1) };
    })
    .filter((one) => one.count > 0)
    .sort((a, b) => b.count - a.count);
}

export function Chosen({ map, chosen }: ChosenProps): ReactNode {
  const [shown, setShown] = useState(SHOWN);
  if (chosen.size === 0)
    return (
      <p className="soft">
        Choose points with the lasso, or groups in the legend: their pictures and what they are made of come here.
      </p>
    );
  const points = [...chosen].sort((a, b) => a - b);
  const slides = new Set(points.map((i) => map.slide[i])).size;
  // Evenly through all that are chosen, so that one slide does not fill the list.
  const step = Math.max(1, points.length / shown);
  const seen = Array.from({ length: Math.min(shown, points.length) }, (_, i) => points[Math.floor(i * step)] as number);
  return (
    <section className="card stack" aria-label="Chosen points">
      <h2 role="status">
        {count(points.length, map.unit)} of {count(slides, "slide")}
      </h2>
      {map.columns.map((column) => (
        <div key={column.name}>
          <h3>{columnWord(column.name).replace(/^./, (c) => c.toUpperCase())}</h3>
          <ul className="shares">
            {composition(column, chosen)
              .slice(0, 6)
              .map(({ name, count: n, share, usual }) => (
                <li key={name}>
                  <span className="clip">{name}</span>
                  <span>
                    {n.toLocaleString("en-GB")} ({(100 * share).toFixed(0)} %)
                  </span>
                  <span className="soft">{(100 * usual).toFixed(0)} % of all</span>
                </li>
              ))}
          </ul>
        </div>
      ))}
      <ul className="map-tiles">
        {seen.map((i) => (
          <li key={i}>
            <PointPicture map={map} point={i} />
          </li>
        ))}
      </ul>
      {shown < points.length ? <Button onClick={() => setShown(2 * shown)}>Show more</Button> : null}
    </section>
  );
}

function PointPicture({ map, point }: { readonly map: EmbeddingMap; readonly point: number }): ReactNode {
  const slide = map.slides[map.slide[point] ?? -1];
  if (slide === undefined) return null;
  const [x, y, side] = [map.tileX[point], map.tileY[point], map.tileSize];
  const isTile = x !== undefined && y !== undefined && side !== null;
  const rim = isTile ? (side * (AROUND - 1)) / 2 : 0;
  const place = isTile ? { x: x - rim, y: y - rim, w: side * AROUND } : undefined;
  const label = isTile ? `Tile of ${slide.name} at ${x}, ${y}` : slide.name;
  return (
    <Link href={slidePath(slide.key, place, map.run)} title={label} aria-label={`${label}. Open in the viewer`}>
      <QueryPicture slide={slide.key} bounds={isTile ? { x, y, width: side, height: side } : null} size={112} />
    </Link>
  );
}
