/** The audit of a run as its scorecard holds it, read at the border: what is not of the known form is left out. */
import { isRecord } from "./scorecard-rows.ts";

export interface AuditExample {
  readonly fold: number | null;
  readonly slides: readonly string[];
  readonly note: string;
}

export interface AuditFinding {
  readonly kind: string;
  readonly severity: "refuse" | "warn" | "info";
  readonly column: string | null;
  readonly parts: readonly string[];
  /** Patients or slides touched: `findingUnit` of the kind says which. */
  readonly count: number;
  readonly examples: readonly AuditExample[];
  readonly effect: string;
  readonly remedy: string;
}

export interface ReadAudit {
  /** The gravest first. */
  readonly findings: readonly AuditFinding[];
  readonly skipped: readonly { readonly check: string; readonly reason: string }[];
}

const SEVERITIES = ["refuse", "warn", "info"] as const;

/** Null where there is no audit. */
export function readAudit(audit: unknown): ReadAudit | null {
  if (!isRecord(audit) || !Array.isArray(audit.findings)) return null;
  const findings = records(audit.findings).flatMap((finding) => findingOf(finding) ?? []);
  const rank = ({ severity }: AuditFinding): number => SEVERITIES.indexOf(severity);
  const skipped = records(audit.skipped).map(({ check, reason }) => ({ check: String(check), reason: String(reason) }));
  return { findings: findings.toSorted((a, b) => rank(a) - rank(b)), skipped };
}

function findingOf(finding: Record<string, unknown>): AuditFinding | null {
  const severity = SEVERITIES.find((one) => one === finding.severity);
  if (severity === undefined || typeof finding.kind !== "string") return null;
  return {
    kind: finding.kind,
    severity,
    column: typeof finding.column === "string" ? finding.column : null,
    parts: texts(finding.parts),
    count: typeof finding.count === "number" ? finding.count : 0,
    examples: records(finding.examples).map(({ fold, slides, note }) => ({
      fold: typeof fold === "number" ? fold : null,
      slides: texts(slides),
      note: typeof note === "string" ? note : "",
    })),
    effect: String(finding.effect ?? ""),
    remedy: String(finding.remedy ?? ""),
  };
}

const records = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
