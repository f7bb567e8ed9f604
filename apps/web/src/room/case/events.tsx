/** What happened to the case, in order, and what the table says of it. */
import type { CasePage } from "@nacre/api";
import type { ReactNode } from "react";
import { writeMoment } from "../shell/moment.ts";

export function Events({ events }: { readonly events: CasePage["events"] }): ReactNode {
  if (events.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="events">
      <h2 id="events">Events</h2>
      <ol className="events">
        {events.map((event) => (
          <li key={`${event.at} ${event.kind} ${event.text}`}>
            <span className="soft">{event.at === null ? "no date" : writeMoment(event.at)}</span>
            <span>
              {event.text}
              {event.by === null ? null : <span className="soft"> by {event.by}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function Facts({ facts, revealed }: Pick<CasePage, "facts" | "revealed">): ReactNode {
  const rows = Object.entries(facts);
  if (rows.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="facts">
      <h2 id="facts">From the table</h2>
      <dl className="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {revealed.length === 0 ? null : (
        <p className="small soft">Hidden until the report was signed: {revealed.join(", ")}.</p>
      )}
    </section>
  );
}
