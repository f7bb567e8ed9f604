/** How intervals were made, each method once with the measures that used it. */
import { listed } from "../../report/number-text.ts";
import type { Estimate } from "../../report/score.ts";

/** "95 % percentile bootstrap … (AUROC and AUPRC); …"; null where there is no interval at all. */
export function intervalMethods(estimates: readonly (readonly [measure: string, Estimate])[]): string | null {
  const by = new Map<string, Set<string>>();
  for (const [measure, e] of estimates) {
    if (e.value === null || e.low === null) continue;
    const how = intervalMethod(e.method);
    by.set(how, (by.get(how) ?? new Set()).add(measure));
  }
  const said = [...by].map(([how, names]) => `${how} (${listed([...names])})`);
  return said.length === 0 ? null : said.join("; ");
}

/** A method says what was measured, then after a semicolon how its interval was made. */
function intervalMethod(method: string): string {
  const cut = method.indexOf(";");
  return (cut < 0 ? method : method.slice(cut + 1)).trim();
}
