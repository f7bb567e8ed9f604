/** How far a run is. */
import type { RunPage } from "@nacre/api";
import type { ReactNode } from "react";
import type { EventsState } from "../client/use-events.ts";
import { Badge, Meter } from "../ui/index.ts";
import { timeLeft } from "./words.ts";

export function RunProgress({
  run: { progress, slides, state },
  events,
}: {
  readonly run: Pick<RunPage, "progress" | "slides" | "state">;
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
              {progress.note === null ? "" : ` · ${progress.note}`}
            </>
          )}
        </span>
        <span className="soft">
          {progress?.secondsLeft == null ? "" : `${timeLeft(progress.secondsLeft)} left · `}
          {whole(slides.ready)} slides ready, {whole(slides.failed)} failed, {whole(slides.waiting)} waiting{" "}
          {events.state === "waiting" ? <Badge tone="warn">connection lost, trying again</Badge> : null}
        </span>
      </div>
      <Meter value={progress?.done ?? 0} of={progress?.total ?? 1} label={progress?.title ?? "Progress"} />
    </section>
  );
}
