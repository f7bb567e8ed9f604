/** The numbers of a run: each with its interval, how many patients it is of, and how it was made. */
import type { ReactNode } from "react";
import { Interval, Notice, Wide } from "../ui/index.ts";
import { type EstimateRow, estimateRows, isRecord } from "./scorecard-rows.ts";
import { decimal, measureTitle } from "./words.ts";

export function Scorecard({ scorecard }: { readonly scorecard: unknown }): ReactNode {
  if (!isRecord(scorecard)) return <Notice>The scorecard of this run cannot be read.</Notice>;
  return (
    <div className="stack">
      <Part
        title="Internal: patients of the study, each judged by a model that has not seen them"
        part={scorecard.internal}
      />
      {scorecard.external === null || scorecard.external === undefined ? (
        <Notice>
          No external part: nothing here says how the model does at a hospital that the study does not hold.
        </Notice>
      ) : (
        <Part title="External: hospitals that no model has seen" part={scorecard.external} />
      )}
    </div>
  );
}

function Part({ title, part }: { readonly title: string; readonly part: unknown }): ReactNode {
  const rows = estimateRows(part);
  const n = isRecord(part) && typeof part.n === "number" ? part.n : null;
  return (
    <section className="card stack">
      <div className="row">
        <h2>{title}</h2>
        {n === null ? null : <span className="soft">{n.toLocaleString("en-GB")} patients</span>}
      </div>
      {rows.length === 0 ? (
        <p className="soft">No number.</p>
      ) : (
        <Wide label={title}>
          <table className="plain numbers">
            <thead>
              <tr>
                <th scope="col">Measure</th>
                <th scope="col" className="end">
                  Value
                </th>
                <th scope="col" className="whole">
                  95 % interval
                </th>
                <th scope="col" className="drawn">
                  0 to 1
                </th>
                <th scope="col" className="end">
                  n
                </th>
                <th scope="col">How</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Estimate key={row.name} row={row} />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </section>
  );
}

function Estimate({ row: { name, value, low, high, n, method, reason } }: { readonly row: EstimateRow }): ReactNode {
  const hasInterval = low !== null && high !== null;
  const isShare = [value, low, high].every((one) => one === null || (one >= 0 && one <= 1));
  const title = measureTitle(name);
  return (
    <tr>
      <th scope="row">{title}</th>
      <td className="end whole">{value === null ? <span className="faint">not defined</span> : decimal(value)}</td>
      <td className="whole">
        {hasInterval ? `${decimal(low)} to ${decimal(high)}` : <span className="faint">none</span>}
      </td>
      <td className="drawn">
        {isShare && value !== null ? (
          <Interval value={value} low={low} high={high} label={title} hasNumber={false} />
        ) : null}
      </td>
      <td className="end">{n?.toLocaleString("en-GB") ?? ""}</td>
      <td className="small soft">
        {method}
        {reason === null ? "" : `; ${reason}`}
      </td>
    </tr>
  );
}
