/** Measures, a row each: the value, its interval in words and drawn, how many patients, and how it was made. */
import type { ReactNode } from "react";
import { Interval } from "./interval.tsx";
import { Wide } from "./wide.tsx";
import { writeMeasure, writeReach } from "./write-measure.ts";

export interface MeasureRow {
  readonly title: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number | null;
  readonly method: string | null;
  /** Why there is no value or no interval. */
  readonly reason: string | null;
}

export function MeasureTable({
  label,
  rows,
}: {
  readonly label: string;
  readonly rows: readonly MeasureRow[];
}): ReactNode {
  return (
    <Wide label={label}>
      <table className="plain measures">
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
            <th scope="col" className="how">
              How
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.title} row={row} />
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function Row({ row: { title, value, low, high, n, method, reason } }: { readonly row: MeasureRow }): ReactNode {
  const isShare = [value, low, high].every((one) => one === null || (one >= 0 && one <= 1));
  return (
    <tr>
      <th scope="row">{title}</th>
      <td className="end whole">{value === null ? <span className="faint">not defined</span> : writeMeasure(value)}</td>
      <td className="whole">{writeReach(low, high) ?? <span className="faint">none</span>}</td>
      <td className="drawn">
        {isShare && value !== null ? (
          <Interval value={value} low={low} high={high} label={title} write={writeMeasure} hasNumber={false} />
        ) : null}
      </td>
      <td className="end">{n?.toLocaleString("en-GB") ?? ""}</td>
      <td className="how small soft">{[method, reason].filter((part) => part !== null).join("; ")}</td>
    </tr>
  );
}
