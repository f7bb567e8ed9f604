/** The main measures of classes, both parts side by side, with the baselines. */
import type { Estimate } from "@nacre/evaluation";
import type { RunScorecard } from "../../judge/judge-run.ts";

export interface MeasureRow {
  readonly name: string;
  readonly external: Estimate | null;
  readonly internal: Estimate | null;
}

export function classMeasures({ internal, external, baselines }: RunScorecard): MeasureRow[] {
  const row = (name: string, of: (part: RunScorecard["internal"]) => Estimate): MeasureRow => ({
    name,
    external: external === null ? null : of(external),
    internal: of(internal),
  });
  return [
    row("AUROC", (p) => p.auroc),
    row("AUPRC", (p) => p.auprc),
    row("Balanced accuracy", (p) => p.balancedAccuracy),
    row("Brier score", (p) => p.brier),
    ...Object.keys(internal.ordinal ?? {}).map((name) => row(name, (p) => p.ordinal?.[name] as Estimate)),
    { name: "AUROC, mean pool", external: baselines.meanPool.external, internal: baselines.meanPool.internal },
    { name: "AUROC, site alone", external: null, internal: baselines.siteOnly },
  ];
}
