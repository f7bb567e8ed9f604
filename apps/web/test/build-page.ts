/** The page as the build makes it, once in a process, and tables to put into it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { randomStream } from "@nacre/core";

const folder = mkdtempSync(join(tmpdir(), "nacre-web-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** A place in the test's own folder. */
export const place = (name: string): string => join(folder, name);

let built: string | null = null;

/** The path of a built page. */
export function builtPage(): string {
  if (built === null) {
    built = place("scorecard.html");
    execFileSync(process.execPath, [fileURLToPath(new URL("../build.mjs", import.meta.url)), built]);
  }
  return built;
}

/** The one script of the page. */
export function scriptOf(page: string): string {
  return readFileSync(page, "utf8").match(/<script>([\s\S]*)<\/script>\s*<\/body>/)?.[1] ?? "";
}

/** Predictions of `n` patients with some signal, in two folds and an external part; some have two slides. */
export function inventedTable(classes: readonly string[], n: number, seed: number): string {
  const random = randomStream(seed, "web");
  const rows = Array.from({ length: n }, (_, i) => {
    const label = Math.floor(random.uniform() * classes.length);
    const logits = classes.map((_, c) => random.normal() + (c === label ? 1 : 0));
    const total = logits.reduce((sum, l) => sum + Math.exp(l), 0);
    const part = i % 5 === 0 ? "external," : `test,${i % 2}`;
    const p = logits.map((l) => (Math.exp(l) / total).toFixed(6));
    // The second slide of a patient repeats the label of the first.
    return { head: `s${i},P${i},site-${i % 3},${part}`, tail: `${classes[label]},${p.join(",")}` };
  });
  const lines = rows.flatMap(({ head, tail }, i) =>
    i % 7 === 0 ? [`${head},${tail}`, `${head.replace(`s${i},`, `s${i}b,`)},${tail}`] : [`${head},${tail}`],
  );
  return `${["slide,patient,site,part,fold,label", ...classes.map((c) => `p_${c}`)].join(",")}\n${lines.join("\n")}\n`;
}
