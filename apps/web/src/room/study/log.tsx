/** Remarks of a run, newest at the end and in view. */
import type { RunPage } from "@nacre/api";
import { type ReactNode, useEffect, useRef } from "react";
import { writeMoment } from "../shell/moment.ts";
import { Notice } from "../ui/index.ts";

export function Log({ log }: Pick<RunPage, "log">): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  const lines = log.length;
  useEffect(() => {
    if (lines > 0) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [lines]);
  if (lines === 0) return <Notice>Nothing was said here. A run of the command line speaks in its terminal.</Notice>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <div ref={list} className="card log" role="log" aria-label="Log" tabIndex={0}>
      {log.map(({ at, text }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line may be said twice at one moment
        <div key={i}>
          <time dateTime={at} className="faint">
            {writeMoment(at)}
          </time>{" "}
          {text}
        </div>
      ))}
    </div>
  );
}
