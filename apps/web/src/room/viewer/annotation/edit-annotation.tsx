/** The selected annotation: its class and note, what lies inside it, and where to look for more like it. */
import { regionStatistics } from "@nacre/api";
import { type KeyboardEvent, type ReactNode, useEffect, useEffectEvent, useState } from "react";
import { useCall } from "../../client/use-call.ts";
import { Button, ButtonLink, Failure, Field, failureIn, TextArea } from "../../ui/index.ts";
import { CLASSES } from "./classes.data.ts";
import type { Drawn } from "./history.ts";
import { measure, perimeterOf } from "./measure.ts";
import { ringFor, writeRing } from "./shape.ts";

/** Corners that are sent in an address. */
const MOST_CORNERS = 600;

const PAUSE_MS = 500;

export interface EditAnnotationProps {
  readonly drawn: Drawn;
  readonly slide: string;
  readonly run: string | null;
  readonly mpp: number | null;
  readonly mayDraw: boolean;
  readonly onChange: (drawn: Drawn) => void;
  readonly onRemove: () => void;
}

export function EditAnnotation(props: EditAnnotationProps): ReactNode {
  const { drawn, slide, run, mpp, mayDraw, onChange, onRemove } = props;
  const [note, setNote] = useTyped(drawn.note);
  const [name, setName] = useTyped(drawn.name ?? "");
  const perimeter = perimeterOf(drawn.geometry, mpp);
  const ring = ringFor(drawn.geometry, MOST_CORNERS);
  const rename = (to: string): void => {
    const trimmed = to.trim();
    if (trimmed === (drawn.name ?? "")) return;
    const known = CLASSES.find((row) => row.name === trimmed);
    onChange({ ...drawn, name: trimmed === "" ? null : trimmed, colour: known?.colour ?? null });
  };
  const renote = (): void => {
    if (note !== drawn.note) onChange({ ...drawn, note });
  };
  const paused = useEffectEvent(renote);
  // A note is kept while it is written, at each pause.
  useEffect(() => {
    const timer = setTimeout(() => paused(), note === "" ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [note]);
  return (
    <section className="card stack" aria-label="Selected annotation" onKeyDown={leave}>
      <p>
        <strong>{measure(drawn.geometry, mpp)}</strong>
        {perimeter === null ? null : <span className="soft"> · perimeter {perimeter}</span>}
      </p>
      {mayDraw ? (
        <>
          <Field title="Class">
            {(id) => (
              <>
                <input
                  id={id}
                  className="input"
                  list="classes"
                  maxLength={200}
                  value={name}
                  onChange={(event) => {
                    setName(event.target.value);
                    if (CLASSES.some((row) => row.name === event.target.value)) rename(event.target.value);
                  }}
                  onBlur={() => rename(name)}
                  onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
                />
                <datalist id="classes">
                  {CLASSES.map((row) => (
                    <option key={row.name} value={row.name} />
                  ))}
                </datalist>
              </>
            )}
          </Field>
          <TextArea
            title="Note"
            maxLength={4000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
            onBlur={renote}
          />
        </>
      ) : drawn.note === "" ? null : (
        <p>{drawn.note}</p>
      )}
      {ring === null ? null : <Statistics slide={slide} run={run} ring={writeRing(ring)} />}
      <div className="row">
        {ring === null || run === null ? null : (
          <ButtonLink to={`/search?${new URLSearchParams({ slide, run, ring: writeRing(ring) })}`}>
            More like this
          </ButtonLink>
        )}
        {mayDraw ? (
          <Button kind="danger" onClick={onRemove}>
            Delete
          </Button>
        ) : null}
      </div>
    </section>
  );
}

/** Escape leaves a field: the keys are the slide's again. */
function leave({ key, target }: KeyboardEvent): void {
  if (key === "Escape" && target instanceof HTMLElement && target.matches("input, textarea")) target.blur();
}

/** What is typed, until it is changed elsewhere: taken back, or by somebody else. */
function useTyped(said: string): readonly [string, (text: string) => void] {
  const [typed, setTyped] = useState({ said, text: said });
  if (typed.said !== said) setTyped({ said, text: said });
  return [typed.said === said ? typed.text : said, (text) => setTyped({ said, text })];
}

function Statistics({
  slide,
  run,
  ring,
}: {
  readonly slide: string;
  readonly run: string | null;
  readonly ring: string;
}): ReactNode {
  const [isAsked, setAsked] = useState(false);
  const answer = useCall(
    regionStatistics,
    isAsked ? { params: { slide }, query: { ring, ...(run === null ? {} : { run }) } } : null,
    { keepsFormer: true, freshMs: 60_000 },
  );
  if (!isAsked) return <Button onClick={() => setAsked(true)}>What lies inside</Button>;
  if (answer.error !== null) return <Failure failure={failureIn(answer.error)} title="Not counted" />;
  if (answer.data === undefined) return <p className="soft">Counting…</p>;
  const { tissueShare, meanRgb, tiles, attentionShare, contributionSum } = answer.data;
  const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
  return (
    <dl className="facts">
      <dt>Tissue</dt>
      <dd>{tissueShare === null ? "not known" : percent(tissueShare)}</dd>
      {meanRgb === null ? null : (
        <>
          <dt>Mean colour</dt>
          <dd>
            <span className="swatch" style={{ background: `rgb(${meanRgb.map(Math.round).join(" ")})` }} />{" "}
            {meanRgb.map(Math.round).join(", ")}
          </dd>
        </>
      )}
      {attentionShare === null && contributionSum === null ? null : (
        <>
          <dt>Tiles the model saw</dt>
          <dd>{tiles}</dd>
        </>
      )}
      {attentionShare === null ? null : (
        <>
          <dt>Share of attention</dt>
          <dd>{percent(attentionShare)}</dd>
        </>
      )}
      {contributionSum === null ? null : (
        <>
          <dt>Contribution</dt>
          <dd>{contributionSum.toPrecision(3)}</dd>
        </>
      )}
    </dl>
  );
}
