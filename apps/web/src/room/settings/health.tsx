/** Whether the service works, check by check. */
import { readHealth } from "@nacre/api";
import type { ReactNode } from "react";
import { useCall } from "../client/use-call.ts";
import { Badge, Failure, failureIn, Skeleton } from "../ui/index.ts";

const TONE = { ok: "good", degraded: "warn", failing: "bad" } as const;

export function Health(): ReactNode {
  const health = useCall(readHealth, {}, { everyMs: 10_000 });
  if (health.error !== null) return <Failure failure={failureIn(health.error)} />;
  if (health.data === undefined) return <Skeleton />;
  return (
    <div className="card stack">
      <div className="row">
        <h2>Service</h2>
        <Badge tone={TONE[health.data.state]}>{health.data.state}</Badge>
      </div>
      <dl className="settings-facts">
        {health.data.checks.map((check) => (
          <div key={check.name}>
            <dt>
              <Badge tone={check.ok ? "good" : "bad"}>{check.ok ? "ok" : "not ok"}</Badge> {check.name}
            </dt>
            <dd>{check.text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
