/** The headline of a run beside that of the plainest model on the same parts: what more than the mean of the tiles was worth. */
import type { RunAnswerScorecard } from "../../judge/judge-question.ts";
import { measureName } from "../answers/measure-name.ts";
import { html, type Markup } from "../html.ts";
import { estimateCell, table } from "../table.ts";

export function baselineBody({ internal, external, baselines }: RunAnswerScorecard, aggregator: string): Markup {
  const row = (name: string, of: (part: "external" | "internal") => Parameters<typeof estimateCell>[0]): Markup =>
    html`<tr><th scope="row" class="word">${name}</th>${(["external", "internal"] as const).map((part) => estimateCell(of(part), "none"))}</tr>`;
  const rows = [
    row(aggregator, (part) => (part === "external" ? external : internal)?.measures[internal.headline]),
    row("Mean of the tiles with a linear head", (part) => baselines.meanPool[part] ?? undefined),
  ];
  return html`<h3>Beside the plainest model</h3>${table(`${measureName(internal.headline)} on the same patients`, [{ name: "Model" }, { name: "External" }, { name: "Internal" }], rows)}`;
}
