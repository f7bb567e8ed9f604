/** What the thresholds do, in one plain sentence; what they promise and on how many patients, to open. */
import { type RouteReply, type worklist, writeThreshold } from "@nacre/api";
import type { ReactNode } from "react";

type ThresholdFacts = NonNullable<RouteReply<typeof worklist>["thresholds"]>;

export function Thresholds({ thresholds }: { readonly thresholds: ThresholdFacts }): ReactNode {
  const { sentence, rest } = tell(thresholds);
  return (
    <div className="thresholds">
      <p>{sentence}</p>
      {rest === "" ? null : (
        <details>
          <summary>What was measured</summary>
          <p>{rest}</p>
        </details>
      )}
    </div>
  );
}

/** One sentence for everybody, and the rest for who asks. */
export function tell({ ruleOut, ruleIn, text }: ThresholdFacts): { readonly sentence: string; readonly rest: string } {
  if (ruleOut !== null && ruleIn !== null)
    return {
      sentence: `Below ${writeThreshold(ruleOut)} a case is ruled out, from ${writeThreshold(ruleIn)} it is ruled in; between them a person decides.`,
      rest: text,
    };
  if (ruleOut !== null)
    return {
      sentence: `Below ${writeThreshold(ruleOut)} a case is ruled out; every other is left to a person.`,
      rest: text,
    };
  if (ruleIn !== null)
    return {
      sentence: `From ${writeThreshold(ruleIn)} a case is ruled in; every other is left to a person.`,
      rest: text,
    };
  const end = text.search(/\. (?=[A-Z])/);
  if (end < 0) return { sentence: text, rest: "" };
  return { sentence: `Every case is left to a person. ${text.slice(0, end + 1)}`, rest: text.slice(end + 2) };
}
