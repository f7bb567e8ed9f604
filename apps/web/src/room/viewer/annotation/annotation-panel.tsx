/** The list of annotations with what they measure; the selected one can be named, noted, counted and removed. */
import "./annotation.css";
import { exportAnnotations } from "@nacre/api";
import { memo, type ReactNode, useState } from "react";
import { addressOf } from "../../client/call.ts";
import { Badge, ButtonOut, Failure, Notice } from "../../ui/index.ts";
import { Conflicts } from "./conflicts.tsx";
import { EditAnnotation } from "./edit-annotation.tsx";
import type { Drawn } from "./history.ts";
import { ImportAnnotations } from "./import-annotations.tsx";
import type { Row } from "./ledger.ts";
import { kindOf, measure } from "./measure.ts";
import { colourOf } from "./shape-path.ts";
import type { Annotations } from "./use-annotations.ts";

/** Rows that are listed at once: the rest is said as a number. */
const MOST_LISTED = 300;

export interface AnnotationPanelProps {
  readonly slide: string;
  readonly mpp: number | null;
  readonly run: string | null;
  readonly annotations: Annotations;
  readonly selected: string | null;
  readonly mayDraw: boolean;
  readonly onSelect: (id: string | null, isFlown?: boolean) => void;
}

export function AnnotationPanel(props: AnnotationPanelProps): ReactNode {
  const { annotations, selected, mayDraw, slide, mpp, run, onSelect } = props;
  const { ledger, view, refresh } = annotations;
  const chosen = view.rows.find(({ id }) => id === selected);
  const remove = (id: string): void => {
    ledger.remove(id);
    onSelect(null);
  };
  return (
    <div className="stack">
      <div className="row">
        <SaveState annotations={annotations} />
      </div>
      {mayDraw ? null : <p className="small soft">Drawing needs the role reader. You see what others drew.</p>}
      <Conflicts conflicts={view.conflicts} mpp={mpp} onResolve={(id, whose) => ledger.resolve(id, whose)} />
      {chosen === undefined ? null : (
        <EditAnnotation
          key={chosen.id}
          drawn={chosen}
          slide={slide}
          run={run}
          mpp={mpp}
          mayDraw={mayDraw}
          onChange={(drawn: Drawn) => ledger.put(drawn)}
          onRemove={() => remove(chosen.id)}
        />
      )}
      {view.rows.length === 0 ? (
        <p className="soft">
          Nothing is drawn on this slide.{mayDraw ? " Take a tool above, or press p, b, d, m or t." : ""}
        </p>
      ) : (
        <List rows={view.rows} mpp={mpp} selected={selected} onSelect={onSelect} />
      )}
      <div className="row">
        {mayDraw ? <ImportAnnotations slide={slide} onDone={refresh} /> : null}
        <ButtonOut href={addressOf(exportAnnotations, { params: { slide } })} download>
          Export for QuPath
        </ButtonOut>
      </div>
    </div>
  );
}

/** Where the drawing is: with the service, on its way, or only in this browser. */
export function SaveState({ annotations: { ledger, view } }: { readonly annotations: Annotations }): ReactNode {
  if (view.failure !== null && view.waiting > 0 && !view.isTryingAgain)
    return <Failure failure={view.failure} title="Drawings are not saved" retry={() => void ledger.flush()} />;
  if (!view.isKept && view.waiting > 0)
    return (
      <Notice tone="bad" isLive>
        {view.waiting} changes are only in this window: the browser's storage is full or forbidden. Do not close it.
      </Notice>
    );
  const text =
    view.waiting === 0
      ? "All saved"
      : view.failure === null
        ? "Saving…"
        : `${view.waiting} waiting: kept in this browser, sent when the service answers`;
  return (
    <span role="status">
      <Badge tone={view.waiting === 0 ? "good" : view.failure === null ? "neutral" : "warn"}>{text}</Badge>
    </span>
  );
}

interface ListProps {
  readonly rows: readonly Row[];
  readonly mpp: number | null;
  readonly selected: string | null;
  readonly onSelect: (id: string | null, isFlown?: boolean) => void;
}

/** Drawn again only when a row changes: not with each movement of the pointer. */
const List = memo(function List({ rows, mpp, selected, onSelect }: ListProps): ReactNode {
  const [filter, setFilter] = useState("");
  const found = rows.filter((row) => `${row.name ?? ""} ${row.note} ${row.author}`.toLowerCase().includes(filter));
  return (
    <section aria-labelledby="drawn">
      <h3 id="drawn">
        Annotations <span className="faint">{rows.length.toLocaleString("en-GB")}</span>
      </h3>
      {rows.length > 12 ? (
        <input
          className="input"
          type="search"
          aria-label="Find an annotation"
          placeholder="Find by class, note or author"
          onChange={(event) => setFilter(event.target.value.toLowerCase())}
        />
      ) : null}
      <ul className="drawn">
        {found.slice(0, MOST_LISTED).map((row) => (
          <li key={row.id}>
            <button
              type="button"
              className="drawn-row"
              aria-pressed={row.id === selected}
              onClick={() => onSelect(row.id === selected ? null : row.id, true)}
            >
              <span className="swatch" style={{ background: colourOf(row) }} />
              <span className="drawn-name">{row.name ?? kindOf(row.geometry)}</span>
              <span className="drawn-size">{row.geometry.type === "Point" ? "" : measure(row.geometry, mpp)}</span>
              <span className="drawn-note small soft">
                {row.author}
                {row.note === "" ? "" : ` · ${row.note}`}
                {row.state === "waiting" ? " · not sent yet" : row.state === "conflict" ? " · conflict" : ""}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found.length > MOST_LISTED ? (
        <p className="small soft">and {found.length - MOST_LISTED} more: find by class, note or author.</p>
      ) : null}
    </section>
  );
});
