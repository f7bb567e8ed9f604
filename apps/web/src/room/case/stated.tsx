/** A report as it reads: the fields that hold something, and in one line those that hold nothing. */
import type { DraftField } from "@nacre/api";
import type { ReactNode } from "react";
import { writeValue } from "./report-field.tsx";

export function Stated({ fields }: { readonly fields: readonly DraftField[] }): ReactNode {
  const empty = fields.filter(({ value }) => value === null);
  return (
    <>
      <dl className="facts stated">
        {fields
          .filter(({ value }) => value !== null)
          .map(({ name, title, value, unit, evidence }) => (
            <div key={name}>
              <dt>{title}</dt>
              <dd>
                {writeValue(value)}
                {unit === null ? "" : ` ${unit}`}
                {evidence === null ? null : <span className="small soft source">Source: {evidence}</span>}
              </dd>
            </div>
          ))}
      </dl>
      {empty.length === 0 ? null : (
        <p className="small soft">Not stated: {empty.map(({ title }) => title).join("; ")}.</p>
      )}
    </>
  );
}
