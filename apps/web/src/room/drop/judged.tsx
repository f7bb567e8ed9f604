/** The judgement of a dropped table, in the report's own style behind a shadow root, so that neither style touches the other. */
import { JUDGEMENT_STYLE } from "@nacre/pipeline/referee";
import { type ReactNode, useEffect, useRef } from "react";
import type { JudgeEnd } from "../../judge-file.ts";
import { Button } from "../ui/index.ts";

export interface JudgedProps {
  readonly name: string;
  readonly end: Extract<JudgeEnd, { kind: "judged" }>;
}

export function Judged({ name, end }: JudgedProps): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    // The report styles a page's root; here its root is the host.
    sheet.replaceSync(JUDGEMENT_STYLE.replaceAll(":root", ":host"));
    root.adoptedStyleSheets = [sheet];
    root.innerHTML = end.sections;
  }, [end]);
  return (
    <section className="card stack" aria-label={`Judgement of ${name}`}>
      <div className="row">
        <h2>{name}</h2>
        <span className="soft">
          {end.summary} {end.positive === null ? "" : `Positive: ${end.positive}.`}
        </span>
        <Button onClick={() => save(end.scorecard, "scorecard.json", "application/json")}>Save the scorecard</Button>
        <Button onClick={() => save(end.report, "report.html", "text/html;charset=utf-8")}>Save the report</Button>
      </div>
      <div ref={host} className="judgement" />
    </section>
  );
}

function save(text: string, name: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
