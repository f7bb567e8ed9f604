/**
 * Whether the heatmaps tell what the model used: the deletion test of `explain/faithful-run.ts`, in words and two tables. The control
 * stands beside every number, since any slide changes when half of it is taken away.
 */
import type { FaithfulBag, FaithfulRun } from "../../explain/faithful-run.ts";
import { html, type Markup } from "../html.ts";
import { counted, decimal, percent, signed } from "../number-text.ts";
import { table } from "../table.ts";
import type { Section } from "./section.ts";

/** null where nothing was tested. */
export function faithfulnessSection(run: FaithfulRun | null | undefined): Section[] {
  if (run === null || run === undefined || run.bags.length === 0) return [];
  return [{ id: "faithfulness", title: "Faithfulness of the heatmaps", body: body(run) }];
}

function body(run: FaithfulRun): Markup {
  const { bags, draws, unit } = run;
  const byChance = bags.length / (draws + 1);
  return html`<p class="lead">${verdict(run)}</p>
<p>For ${counted(bags.length, "slide")} the tiles that a ranking puts first were taken out, and the model was asked again. If the ranking is right, the answer
moves towards the other side sooner than when as many random tiles go. <em>Faithful</em>: sooner than with each of ${draws} random orders, which chance alone would give in
${decimal(byChance, 1)} of ${counted(bags.length, "slide")}. <em>Misleading</em>: later than with each of them. The test is about the model, not about the disease.</p>
${summary(run)}
${table(`Score (${unit}) of the answer given, whole and without the first tiles of each ranking`, columns(run), bags.map(row))}`;
}

/** One sentence for the reader who reads one. */
function verdict({ summary, bags }: FaithfulRun): string {
  const parts = Object.entries(summary).map(
    ([name, { verdicts }]) => `${name} was faithful in ${verdicts.faithful} of ${bags.length}`,
  );
  return `${capitalised(parts.join(", "))} slides tested.`;
}

function summary({ summary: all, unit }: FaithfulRun): Markup {
  const heads = [
    { name: "Ranking" },
    { name: "Faithful", numeric: true },
    { name: "No better than chance", numeric: true },
    { name: "Misleading", numeric: true },
    { name: "Answer does not depend on tiles", numeric: true },
    { name: `Median advantage over random tiles, ${unit}`, numeric: true },
  ];
  const rows = Object.entries(all).map(
    ([
      name,
      { verdicts, advantage },
    ]) => html`<tr><th scope="row">${name}</th><td class="num">${verdicts.faithful}</td><td class="num">${verdicts.chance}</td>
<td class="num">${verdicts.misleading}</td><td class="num">${verdicts.flat}</td><td class="num">${signed(advantage)}</td></tr>`,
  );
  return table("Slides by verdict", heads, rows);
}

/** The share that is shown for each slide: of those tested, the one nearest to a tenth. */
function shown({ shares }: FaithfulBag): number {
  return shares.reduce(
    (best, share, j) => (Math.abs(share - 0.1) < Math.abs((shares[best] as number) - 0.1) ? j : best),
    0,
  );
}

function columns({ bags: [first], summary: all }: FaithfulRun) {
  const share = first === undefined ? "" : percent(first.shares[shown(first)] as number, 0);
  return [
    { name: "Slide" },
    { name: "Whole", numeric: true },
    ...Object.keys(all).flatMap((name) => [
      { name: `Without first ${share} by ${name}`, numeric: true },
      { name: "Verdict" },
    ]),
    { name: `Without ${share} at random`, numeric: true },
  ];
}

function row(bag: FaithfulBag): Markup {
  const j = shown(bag);
  return html`<tr><th scope="row">${bag.bag}</th><td class="num">${signed(bag.whole)}</td>${Object.values(
    bag.rankings,
  ).map(
    ({ scores, verdict: found }) => html`<td class="num">${signed(scores[j] as number)}</td><td>${found}</td>`,
  )}<td class="num">${signed(bag.random[j] as number)}</td></tr>`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
