/** The numbers of a run: each with its interval, how many patients it is of, how it was made, and what simpler predictors reach on the same patients. */
import type { ReactNode } from "react";
import { MeasureTable, Notice } from "../ui/index.ts";
import { type EstimateRow, estimateRows, isRecord, sharedMethod, withoutMethod } from "./scorecard-rows.ts";
import { baselineTitle, measureTitle } from "./words.ts";

export interface ScorecardProps {
  readonly scorecard: unknown;
  /** Hospitals that were kept external; null or empty: none are named. */
  readonly external: string | null;
}

export function Scorecard({ scorecard, external }: ScorecardProps): ReactNode {
  if (!isRecord(scorecard)) return <Notice>The scorecard of this run cannot be read.</Notice>;
  const baselines = estimateRows(scorecard.baselines);
  return (
    <div className="stack">
      <Part
        title="Internal: patients of the study, each judged by a model that has not seen them"
        part={scorecard.internal}
        baselines={baselines.filter(({ name }) => !name.endsWith(".external"))}
      />
      {scorecard.external === null || scorecard.external === undefined ? (
        <Notice>
          No external part: nothing here says how the model does at a hospital that the study does not hold.
        </Notice>
      ) : (
        <Part
          title={`External${external ? ` (${external})` : ""}: hospitals that no model has seen`}
          part={scorecard.external}
          baselines={baselines.filter(({ name }) => name.endsWith(".external"))}
        />
      )}
    </div>
  );
}

/** Of the further measures these are asked for first at a bedside. */
const ASKED_FIRST = new Set(["more.sensitivity", "more.specificity", "more.ppv", "more.npv"]);
const isFurther = ({ name }: EstimateRow): boolean => name.startsWith("more.") && !ASKED_FIRST.has(name);

interface PartProps {
  readonly title: string;
  readonly part: unknown;
  readonly baselines: readonly EstimateRow[];
}

function Part({ title, part, baselines }: PartProps): ReactNode {
  const rows = estimateRows(part);
  const n = isRecord(part) && typeof part.n === "number" ? part.n : null;
  const method = sharedMethod([...rows, ...baselines]);
  const further = rows.filter(isFurther);
  const table = (label: string, own: readonly EstimateRow[], titleOf: (name: string) => string): ReactNode => (
    <MeasureTable
      label={label}
      rows={own.map(({ name, ...row }) => ({
        title: titleOf(name),
        ...row,
        method: withoutMethod(row.method, method),
      }))}
    />
  );
  return (
    <section className="card stack">
      <div className="row">
        <h2>{title}</h2>
        {n === null ? null : <span className="soft">{n.toLocaleString("en-GB")} patients</span>}
      </div>
      {rows.length === 0 ? (
        <p className="soft">No number.</p>
      ) : (
        <>
          {method === null ? null : <p className="small soft">Intervals, where nothing else is said: {method}.</p>}
          {table(
            title,
            rows.filter((row) => !isFurther(row)),
            measureTitle,
          )}
          {baselines.length === 0 ? null : (
            <>
              <h3>Simpler predictors, {measureTitle(rows[0]?.name ?? "")}</h3>
              {table("Simpler predictors", baselines, baselineTitle)}
            </>
          )}
          {further.length === 0 ? null : (
            <details>
              <summary>Other measures ({further.length})</summary>
              {table("Other measures", further, measureTitle)}
            </details>
          )}
        </>
      )}
    </section>
  );
}
