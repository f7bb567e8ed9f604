/** A list of the service's own things: while it is fetched, where it failed, where it is empty, and its rows. */
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { CallFailure } from "../client/call.ts";
import { Empty, Failure, failureIn, Skeleton, Wide } from "../ui/index.ts";

export interface ListedProps<R> {
  /** What is listed. */
  readonly label: string;
  readonly query: UseQueryResult<{ readonly rows: readonly R[] }, CallFailure>;
  /** What stands in the place of no rows: a title and what it means. */
  readonly none: readonly [title: string, text: string];
  readonly heads: readonly string[];
  /** The cells of a row: `tr` with its key. */
  readonly row: (row: R) => ReactNode;
}

export function Listed<R>({ label, query, none, heads, row }: ListedProps<R>): ReactNode {
  if (query.error !== null) return <Failure failure={failureIn(query.error)} />;
  if (query.data === undefined) return <Skeleton />;
  if (query.data.rows.length === 0)
    return (
      <Empty title={none[0]}>
        <p>{none[1]}</p>
      </Empty>
    );
  return (
    <Wide label={label} className="card">
      <table className="plain listed">
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col" key={head}>
                {head === "Actions" ? <span className="hidden-text">{head}</span> : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{query.data.rows.map(row)}</tbody>
      </table>
    </Wide>
  );
}
