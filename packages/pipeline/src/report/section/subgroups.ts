/** AUROC by recorded trait, internal and external; a subgroup too small to judge keeps its row and its reason. */
import { html, type Markup } from "../html.ts";
import { count } from "../number-text.ts";
import type { ReportData } from "../report-data.ts";
import type { PartScore, Scorecard } from "../score.ts";
import { estimateCell, table } from "../table.ts";
import type { Section } from "./section.ts";

export function subgroupsSection(data: ReportData): Section {
  const { external, internal } = data.scorecard;
  const columns = columnsOf({ external, internal });
  const body =
    columns.length === 0
      ? html`<p>No subgroup was asked for. Name columns of the cohort table under evaluate: subgroups: to see them here.</p>`
      : html`<p>Subgroups are small and many; a difference between two of them is a question to ask, not a finding.</p>
${subgroupTables({ external, internal })}`;
  return { id: "subgroups", title: "Subgroups", body };
}

/** One table for each column that was reported by. */
export function subgroupTables({ external, internal }: Pick<Scorecard, "external" | "internal">): Markup[] {
  return columnsOf({ external, internal }).map((c) => subgroupTable(c, external, internal));
}

function columnsOf({ external, internal }: Pick<Scorecard, "external" | "internal">): string[] {
  return [...new Set([external, internal].flatMap((p) => (p?.subgroups ?? []).map((s) => s.column)))];
}

function subgroupTable(column: string, external: PartScore | null, internal: PartScore | null): Markup {
  const groups = [...new Set([internal, external].flatMap((p) => of(p, column).map((s) => s.group)))].sort();
  const rows = groups.map((group) => {
    const e = of(external, column).find((s) => s.group === group);
    const i = of(internal, column).find((s) => s.group === group);
    return html`<tr><th scope="row" class="word">${group === "" ? "(missing)" : group}</th><td class="num">${e === undefined ? "0" : count(e.n)}</td>${estimateCell(e?.auroc, "no patients")}
<td class="num">${i === undefined ? "0" : count(i.n)}</td>${estimateCell(i?.auroc, "no patients")}</tr>`;
  });
  const heads = [
    { name: column },
    { name: "External patients", numeric: true },
    { name: "External AUROC" },
    { name: "Internal patients", numeric: true },
    { name: "Internal AUROC" },
  ];
  return table(`AUROC by ${column}`, heads, rows);
}

function of(part: PartScore | null, column: string): PartScore["subgroups"] {
  return (part?.subgroups ?? []).filter((s) => s.column === column);
}
