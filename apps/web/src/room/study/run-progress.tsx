/** How far a run is. */
import type { RunPage } from "@nacre/api";
import type { ReactNode } from "react";
import type { EventsState } from "../client/use-events.ts";
import { count } from "../shell/count.ts";
import { Badge, Meter } from "../ui/index.ts";
import { noteText, timeLeft } from "./words.ts";

export function RunProgress({
  run: { progress, failures, state },
  events,
}: {
  readonly run: Pick<RunPage, "progress" | "failures" | "state">;
  readonly events: EventsState;
}): ReactNode {
  const whole = (n: number): string => n.toLocaleString("en-GB");
  return (
    <section className="card stack" aria-label="Progress">
      <div className="row spread">
        <span>
          {progress === null ? (
            state === "queued" ? (
              "Waiting for its turn."
            ) : (
              "Beginning."
            )
          ) : (
            <>
              <strong>{progress.title}</strong>: {whole(progress.done)} of {whole(progress.total)}
              {progress.note === null ? "" : ` · ${noteText(progress.note)}`}
            </>
          )}
        </span>
        <span className="soft">
          {progress?.secondsLeft == null ? "" : `${timeLeft(progress.secondsLeft)} left of this step`}
          {failures.length === 0 ? "" : ` · ${count(failures.length, "slide")} failed`}{" "}
          {events.state === "waiting" ? <Badge tone="warn">connection lost, trying again</Badge> : null}
        </span>
      </div>
      <Meter value={progress?.done ?? 0} of={progress?.total ?? 1} label={progress?.title ?? "Progress"} />
    </section>
  );
}
