/** What the audit found, the gravest first. A slide in an example opens in the viewer. */
import { listSlides } from "@nacre/api";
import { findingUnit } from "@nacre/evaluation";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { slidePath } from "../address.ts";
import { useCall } from "../client/use-call.ts";
import { count } from "../shell/count.ts";
import { Badge, Notice, type Tone } from "../ui/index.ts";
import { type AuditExample, type AuditFinding, readAudit } from "./read-audit.ts";

const TONES: Readonly<Record<AuditFinding["severity"], readonly [Tone, string]>> = {
  refuse: ["bad", "Refused, and allowed in writing"],
  warn: ["warn", "Warning"],
  info: ["info", "For the record"],
};

export function Audit({ audit, project }: { readonly audit: unknown; readonly project: string }): ReactNode {
  const read = readAudit(audit);
  if (read === null) return <Notice>This run has no audit yet.</Notice>;
  return (
    <div className="stack">
      {read.findings.length === 0 ? (
        <Notice tone="good">
          The audit found nothing: no patient, slide or picture stands on both sides of a split.
        </Notice>
      ) : null}
      {read.findings.map((finding) => (
        <Finding
          key={`${finding.kind} ${finding.parts.join()} ${finding.column}`}
          finding={finding}
          project={project}
        />
      ))}
      {read.skipped.length === 0 ? null : (
        <p className="small soft">
          Not looked at: {read.skipped.map(({ check, reason }) => `${check} (${reason})`).join("; ")}.
        </p>
      )}
    </div>
  );
}

function Finding({ finding, project }: { readonly finding: AuditFinding; readonly project: string }): ReactNode {
  const [tone, word] = TONES[finding.severity];
  const where = [finding.column, finding.parts.join(", ")].filter((text) => text !== null && text !== "").join(": ");
  return (
    <article className={`notice ${tone} stack`}>
      <div className="row">
        <h3>{finding.kind.replaceAll("-", " ").replace(/^./, (c) => c.toUpperCase())}</h3>
        <Badge tone={tone}>{word}</Badge>
        <span className="soft">
          {where === "" ? "" : `${where}; `}touches {count(finding.count, findingUnit(finding.kind))}
        </span>
      </div>
      <p>{finding.effect}.</p>
      <p className="soft">To do: {finding.remedy}.</p>
      {finding.examples.length === 0 ? null : (
        <ul className="examples">
          {finding.examples.map((example) => (
            <Example
              key={`${example.fold} ${example.note} ${example.slides.join()}`}
              example={example}
              project={project}
            />
          ))}
        </ul>
      )}
    </article>
  );
}

function Example({
  example: { fold, slides, note },
  project,
}: {
  readonly example: AuditExample;
  readonly project: string;
}): ReactNode {
  return (
    <li>
      {fold === null ? "" : `Fold ${fold}: `}
      {note}{" "}
      {slides.map((name) => (
        <ExampleSlide key={name} name={name} project={project} />
      ))}
    </li>
  );
}

/** A slide by its name, which the service looks up among all: a list of the first few hundred would leave some without a link. */
function ExampleSlide({ name, project }: { readonly name: string; readonly project: string }): ReactNode {
  const { data } = useCall(listSlides, { query: { project, find: name, limit: 5 } }, { freshMs: 60_000 });
  const key = data?.rows.find((slide) => slide.name === name)?.key;
  return <span className="example-slide">{key === undefined ? name : <Link href={slidePath(key)}>{name}</Link>}</span>;
}
