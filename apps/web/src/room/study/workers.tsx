/** The queue and the workers that do its units, as they are now. */
import { type JobsPage, readJobs, watchJobs } from "@nacre/api";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useCall } from "../client/use-call.ts";
import { useEvents } from "../client/use-events.ts";
import { writeMoment } from "../shell/moment.ts";
import { Failure, failureIn, Meter, Notice, Skeleton } from "../ui/index.ts";
import { timeLeft } from "./words.ts";

export function Workers({ run }: { readonly run: string }): ReactNode {
  const client = useQueryClient();
  const input = { query: { run } };
  const { data, error, refetch } = useCall(readJobs, input);
  useEvents(watchJobs, input, (page) => client.setQueryData([readJobs.id, input], page));
  if (data === undefined)
    return error === null ? (
      <Skeleton lines={4} label="Loading the queue" />
    ) : (
      <Failure failure={failureIn(error)} title="The queue could not be read" retry={() => void refetch()} />
    );
  return <Queue page={data} />;
}

function Queue({ page: { counts, rate, secondsLeft, workers } }: { readonly page: JobsPage }): ReactNode {
  const of = (state: keyof JobsPage["counts"]): number => counts[state] ?? 0;
  const total = of("waiting") + of("active") + of("done") + of("failed") + of("cancelled");
  if (total === 0 && workers.length === 0)
    return <Notice>No workers stand at the queue: this machine does the work itself.</Notice>;
  return (
    <div className="stack">
      <div className="card stack">
        <div className="row spread">
          <span>
            {of("done").toLocaleString("en-GB")} of {total.toLocaleString("en-GB")} units done, {of("active")} at work,{" "}
            {of("failed")} failed
          </span>
          <span className="soft">
            {rate.toPrecision(2)} a second
            {secondsLeft === null ? "" : `, ${timeLeft(secondsLeft)} left`}
          </span>
        </div>
        <Meter value={of("done")} of={total} label="Units done" />
      </div>
      {workers.length === 0 ? (
        <Notice tone="warn">
          No worker is there. Start one on any machine that sees the slides: <code>nacre worker --database URL</code>
        </Notice>
      ) : (
        <div className="card wide">
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">Worker</th>
                <th scope="col">Last seen</th>
                <th scope="col">Units done</th>
                <th scope="col">At work on</th>
              </tr>
            </thead>
            <tbody>
              {workers.map(({ id, seen, done, unit }) => (
                <tr key={id}>
                  <th scope="row">{id}</th>
                  <td>{writeMoment(seen)}</td>
                  <td>{done.toLocaleString("en-GB")}</td>
                  <td>{unit ?? <span className="faint">nothing</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
