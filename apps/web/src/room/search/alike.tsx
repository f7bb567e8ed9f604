/** The neighbours: how near they are, of which site, what became of them; and whether the query is something the archive knows at all. */
import type { Neighbour, RouteReply, searchAlike } from "@nacre/api";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { casePath, searchPath, slidePath } from "../address.ts";
import { Empty, Notice } from "../ui/index.ts";
import { QueryPicture } from "./query-picture.tsx";
import { countOutcomes, type Like } from "./read-query.ts";

export interface AlikeProps {
  readonly found: RouteReply<typeof searchAlike>;
  readonly run: string;
  readonly kind: Like["kind"];
  readonly hasSites: boolean;
}

/** How many tiles wide the view is that a tile opens in. */
const AROUND = 5;
/** Of so large a share of the archive not all can be alike. */
const MUCH = 0.25;

export function Alike({ found, run, kind, hasSites }: AlikeProps): ReactNode {
  const { rows, compared, exact, isOutside, lacksFeatures = false, outcomes = [], text } = found;
  const vectors = `${compared.toLocaleString("en-GB")} ${kind === "slide" ? "slides" : "tiles"}`;
  return (
    <>
      <Notice
        tone={isOutside ? "warn" : "info"}
        {...(isOutside ? { title: "Outside what this archive holds" } : {})}
        isLive
      >
        <p>{text}</p>
        {lacksFeatures ? null : (
          <p className="small soft">
            Under each picture stands its likeness: 1 is the same, 0 or less is none. Compared with {vectors},{" "}
            {exact ? "all of them" : "by an approximate index: a near one may be missed"}.
          </p>
        )}
      </Notice>
      {lacksFeatures ? null : rows.length === 0 ? (
        <Empty title="Nothing to show">
          <p>Every slide of the archive is left out by the filters{hasSites ? "" : "; allow the query's own site"}.</p>
        </Empty>
      ) : (
        <>
          <p className="soft">
            Among these {rows.length}: {writeOutcomes(countOutcomes(rows))}
            {outcomes.length === 0 ? "" : ` (of all slides compared: ${writeOutcomes(outcomes)})`}. A count of what was
            found, not a chance.
            {kind === "slide" && rows.length > compared * MUCH
              ? ` ${rows.length} of ${vectors} are shown: the last of them are hardly alike.`
              : ""}
          </p>
          <ol className="neighbours">
            {rows.map((row, i) => (
              <li key={`${row.slide} ${row.x} ${row.y}`} className="card">
                <NeighbourCard row={row} rank={i + 1} run={run} />
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  );
}

function writeOutcomes(outcomes: ReturnType<typeof countOutcomes>): string {
  return outcomes.map(({ outcome, count }) => `${count} ${outcome ?? "with no outcome known"}`).join(", ");
}

function NeighbourCard({
  row,
  rank,
  run,
}: {
  readonly row: Neighbour;
  readonly rank: number;
  readonly run: string;
}): ReactNode {
  const { slide, name, x, y, size, similarity, site, outcome } = row;
  const isTile = x !== null && y !== null && size !== null;
  const bounds = isTile ? { x, y, width: size, height: size } : null;
  const rim = isTile ? (size * (AROUND - 1)) / 2 : 0;
  const place = isTile ? { x: x - rim, y: y - rim, w: size * AROUND } : undefined;
  return (
    <>
      <Link href={slidePath(slide, place, run)} aria-label={`Neighbour ${rank}: ${name}. Open in the viewer`}>
        <QueryPicture slide={slide} bounds={bounds} />
      </Link>
      <div className="row spread">
        <strong title="Cosine of the features, -1 to 1">{similarity.toFixed(3)}</strong>
        <Link
          className="small"
          href={searchPath(slide, run, isTile ? { x, y } : undefined)}
          aria-label={`more like this: more like neighbour ${rank}`}
        >
          more like this
        </Link>
      </div>
      <div className="clip" title={name}>
        {row.case === null ? name : <Link href={casePath(row.case)}>{name}</Link>}
      </div>
      <div className="small soft clip">{site ?? "site not known"}</div>
      <div className="small clip">{outcome ?? <span className="soft">outcome not known</span>}</div>
    </>
  );
}
