/** A failure as the service tells it: what was expected, what came, what to do. */
import type { ApiFailure } from "@nacre/api";
import type { ReactNode } from "react";
import { isCallFailure } from "../client/call.ts";
import { Button } from "./button.tsx";

/** The failure inside whatever was thrown. */
export function failureIn(error: unknown): ApiFailure {
  if (isCallFailure(error)) return error.failure;
  return {
    kind: "page-error",
    expected: "this page to work",
    received: error instanceof Error ? error.message : String(error),
    remedy: "reload the page; if it happens again, tell whoever keeps the service",
  };
}

export interface FailureProps {
  readonly failure: ApiFailure;
  readonly title?: string;
  readonly retry?: (() => void) | undefined;
}

export function Failure({ failure, title, retry }: FailureProps): ReactNode {
  return (
    <div className="notice bad" role="alert">
      <h3>{title ?? failure.kind.replaceAll("-", " ").replace(/^./, (c) => c.toUpperCase())}</h3>
      <dl>
        <dt>Expected</dt>
        <dd>{failure.expected}</dd>
        <dt>Received</dt>
        <dd>{failure.received}</dd>
        <dt>What to do</dt>
        <dd>{failure.remedy}</dd>
      </dl>
      {retry === undefined ? null : (
        <p className="row">
          <Button onClick={retry}>Try again</Button>
        </p>
      )}
    </div>
  );
}
