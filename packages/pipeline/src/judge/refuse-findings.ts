/** The refusal of a run, in one sentence that names every finding, an example of each, and the way out. */
import { raise } from "@nacre/core";
import type { Finding } from "@nacre/evaluation";

/** Ends a run whose audit found what the study does not allow. @throws FailureError refused, unless there is nothing */
export function refuseFindings(findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  const first = findings[0];
  raise("refused", {
    expected: "a study whose number can be believed",
    received: findings.map((f) => `${f.kind} (${f.count} found${exampleOf(f)})`).join("; "),
    remedy: `${first?.remedy}; or name the finding under allow: with the reason, which then stands on the report's first page`,
  });
}

function exampleOf({ examples }: Finding): string {
  const [first] = examples;
  return first === undefined
    ? ""
    : `, for example ${[first.patient, ...first.slides]
        .filter((x) => x !== null)
        .slice(0, 3)
        .join(", ")}`;
}
