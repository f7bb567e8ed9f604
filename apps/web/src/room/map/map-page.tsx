/** The embedding map of a run: does it show the disease, or the hospital? */
import "../study/study.css";
import "./map.css";
import { type EmbeddingMap, type MapPhase, readMap, readRun } from "@nacre/api";
import { type ReactNode, useMemo, useState } from "react";
import { Link, useParams, useSearchParams } from "wouter";
import { runPath } from "../address.ts";
import { useCall } from "../client/use-call.ts";
import { NotRead } from "../shell/not-found.tsx";
import { useMay } from "../shell/session.tsx";
import {
  Button,
  Chip,
  Empty,
  Failure,
  failureIn,
  Meter,
  Notice,
  SelectField,
  Skeleton,
  useKeys,
  writeMeasure,
} from "../ui/index.ts";
import { Chosen } from "./chosen.tsx";
import { MapCanvas } from "./map-canvas.tsx";
import { type Group, groupOfPoints, groupsOf } from "./palette.ts";
import { columnWord, verdictOf } from "./separation.ts";

const POINTS = [5000, 20_000, 100_000];
const USUAL = 20_000;
/** Seconds that the service may think before it says how far it is. */
const WAIT = 1;
const AGAIN_MS = 300;
const NONE: ReadonlySet<number> = new Set();

export function MapPage(): ReactNode {
  const { run = "" } = useParams<{ run: string }>();
  const mayLook = useMay("researcher");
  const [params, setParams] = useSearchParams();
  const unit = params.get("unit") === "slide" ? "slide" : "tile";
  const points = POINTS.find((n) => String(n) === params.get("points")) ?? USUAL;
  const [isMaking, setMaking] = useState(false);
  const input = mayLook ? { params: { run }, query: { unit, points, wait: WAIT } as const } : null;
  const everyMs = isMaking ? AGAIN_MS : false;
  const { data: told, error, refetch } = useCall(readMap, input, { keepsFormer: true, freshMs: 600_000, everyMs });
  const progress = told?.progress ?? null;
  if (isMaking !== (progress !== null)) setMaking(progress !== null);
  const data = progress === null ? told : undefined;
  const { data: facts, error: unread, refetch: readAgain } = useCall(readRun, { params: { run } }, { freshMs: 60_000 });
  const set = (name: string, value: string): void =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        next.set(name, value);
        return next;
      },
      { replace: true },
    );
  if (unread !== null)
    return (
      <div className="page">
        <NotRead of="run" error={unread} retry={() => void readAgain()} />
      </div>
    );
  return (
    <div className="page stack map-page">
      <div className="row spread">
        <div>
          <h1>Map of {facts === undefined ? "a run" : <Link href={runPath(run)}>{facts.name}</Link>}</h1>
          <p className="soft">
            {data === undefined
              ? "Tiles or slides with like features lie near each other."
              : `${data.x.length.toLocaleString("en-GB")} of ${data.of.toLocaleString("en-GB")} ${data.unit}s; ${data.method}`}
          </p>
        </div>
        <div className="row">
          <SelectField
            title="Points are"
            choices={[
              { value: "tile", title: "tiles" },
              { value: "slide", title: "slides" },
            ]}
            value={unit}
            onChange={(event) => set("unit", event.target.value)}
          />
          <SelectField
            title="At most"
            choices={POINTS.map((n) => ({ value: String(n), title: n.toLocaleString("en-GB") }))}
            value={String(points)}
            onChange={(event) => set("points", event.target.value)}
          />
        </div>
      </div>
      {!mayLook ? (
        <Empty title="Map">
          <p>The map of a run needs the role of a researcher. Whoever keeps this service grants it.</p>
        </Empty>
      ) : error !== null ? (
        <Failure failure={failureIn(error)} title="The map could not be made" retry={() => void refetch()} />
      ) : data === undefined ? (
        <Making progress={progress} />
      ) : (
        <MapOf key={`${data.run} ${data.unit} ${data.x.length}`} map={data} />
      )}
    </div>
  );
}

const PHASES: Readonly<Record<MapPhase, string>> = {
  reading: "Reading the features",
  components: "Finding the main directions",
  neighbours: "Finding neighbours",
  layout: "Laying the points",
  judging: "Measuring what neighbours tell apart",
};

/** What the service does until the map is there. It stops when nobody waits for it, and keeps what it has drawn. */
function Making({ progress }: { readonly progress: NonNullable<EmbeddingMap["progress"]> | null }): ReactNode {
  if (progress === null) return <Skeleton lines={10} label="Making the map; the first time takes a while" />;
  const { phase, done, of } = progress;
  const title = PHASES[phase];
  return (
    <section className="card stack map-making" aria-label="Progress of the map">
      <div className="row spread">
        <h2 role="status">{title}</h2>
        <span className="soft">
          part {Object.keys(PHASES).indexOf(phase) + 1} of {Object.keys(PHASES).length}
        </span>
      </div>
      <Meter value={done} of={of} label={title} />
      <p className="small soft">Drawn once, then kept. Drawing stops when this page is left.</p>
    </section>
  );
}

function MapOf({ map }: { readonly map: EmbeddingMap }): ReactNode {
  const [name, setName] = useState(map.columns[0]?.name ?? "");
  const [chosen, setChosen] = useState<ReadonlySet<number>>(NONE);
  const [hasLasso, setLasso] = useState(false);
  const column = map.columns.find((one) => one.name === name) ?? map.columns[0];
  const values = useMemo(() => column?.values ?? map.x.map(() => -1), [column, map]);
  const groups = useMemo(() => groupsOf(column?.names ?? [], values), [column, values]);
  const ofPoints = useMemo(() => groupOfPoints(groups, values), [groups, values]);
  const colours = useMemo(() => groups.map(({ colour }) => colour), [groups]);
  const toggle = (place: number): void => {
    const own = [...ofPoints.keys()].filter((i) => ofPoints[i] === place);
    const isOn = own.length > 0 && own.every((i) => chosen.has(i));
    setChosen(isOn ? new Set([...chosen].filter((i) => ofPoints[i] !== place)) : new Set([...chosen, ...own]));
  };
  useKeys("Map", [
    { keys: ["l"], says: "lasso on or off", do: () => setLasso(!hasLasso) },
    { keys: ["Escape"], says: "choose nothing", do: () => setChosen(NONE) },
  ]);
  return (
    <>
      <Verdict separation={map.separation} />
      <div className="map-body">
        <div className="card map-card">
          <MapCanvas
            xs={map.x}
            ys={map.y}
            groups={ofPoints}
            colours={colours}
            chosen={chosen}
            onChoose={(list) => setChosen(new Set(list))}
            hasLasso={hasLasso}
            label={`${map.x.length} ${map.unit}s, coloured by ${columnWord(name)}.`}
          />
          <div className="row">
            <Chip isOn={hasLasso} onToggle={() => setLasso(!hasLasso)}>
              Lasso
            </Chip>
            <span className="small soft">
              {hasLasso
                ? "Draw around points to choose them."
                : "Drag to move, wheel to zoom, Shift and drag to choose."}
            </span>
            {chosen.size > 0 ? <Button onClick={() => setChosen(NONE)}>Choose nothing</Button> : null}
          </div>
        </div>
        <div className="stack">
          <div className="card stack">
            <SelectField
              title="Coloured by"
              choices={map.columns.map((one) => ({ value: one.name, title: columnWord(one.name) }))}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <Legend groups={groups} ofPoints={ofPoints} chosen={chosen} toggle={toggle} />
          </div>
          <Chosen map={map} chosen={chosen} />
          <Separation separation={map.separation} />
        </div>
      </div>
    </>
  );
}

/** Clearly under chance. */
const BELOW = 0.45;

interface LegendProps {
  readonly groups: readonly Group[];
  readonly ofPoints: Uint8Array;
  readonly chosen: ReadonlySet<number>;
  readonly toggle: (place: number) => void;
}

/** The legend chooses too: the keyboard's way to what the lasso does. */
function Legend({ groups, ofPoints, chosen, toggle }: LegendProps): ReactNode {
  const counts = new Array<number>(groups.length).fill(0);
  for (const i of chosen) {
    const place = ofPoints[i] ?? 0;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return (
    <ul className="map-legend" aria-label="Groups; press to choose their points">
      {groups.map(({ name, colour, count }, place) => (
        <li key={name}>
          <button
            type="button"
            className="legend-row"
            aria-pressed={count > 0 && counts[place] === count}
            onClick={() => toggle(place)}
          >
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <circle cx="5" cy="5" r="4.5" fill={colour} />
            </svg>
            <span className="clip">{name}</span>
            <span className="soft">
              {counts[place] ? `${counts[place]?.toLocaleString("en-GB")} of ` : ""}
              {count.toLocaleString("en-GB")}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Whether neighbours on the map are of one disease or of one hospital: in words, then column by column. */
function Verdict({ separation }: Pick<EmbeddingMap, "separation">): ReactNode {
  const verdict = verdictOf(separation);
  return verdict === null ? null : (
    <Notice tone={verdict.tone} title="Does this show disease, or hospital?">
      {verdict.text}
    </Notice>
  );
}

function Separation({ separation }: Pick<EmbeddingMap, "separation">): ReactNode {
  if (separation.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="separation">
      <div>
        <h2 id="separation">What neighbours tell apart</h2>
        <p className="small soft">
          How well the nearest of other patients tell what a slide is (AUROC; 0.5 is chance). Measured among the
          features, not on the map: the map bends space to fit the plane.
          {separation.some(({ auroc }) => auroc !== null && auroc < BELOW)
            ? " Below chance: a value that few slides have, so that other patients' neighbours seldom show it."
            : ""}
        </p>
      </div>
      <ul className="separation">
        {separation.map(({ column, auroc, n, text }) => (
          <li key={column} title={text}>
            <span>{columnWord(column)}</span>
            <Meter value={Math.max(0, ((auroc ?? 0.5) - 0.5) * 2)} label={`${columnWord(column)} told apart`} />
            <strong>{auroc === null ? "–" : writeMeasure(auroc)}</strong>
            <span className="small soft">n = {n.toLocaleString("en-GB")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
