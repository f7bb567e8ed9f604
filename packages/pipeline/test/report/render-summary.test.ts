import { describe, expect, it } from "vitest";
import { escapeMarkdown, renderSummary } from "../../src/report/render-summary.ts";
import { fixture } from "./fixture.ts";

const data = fixture({ pictures: false });
const text = renderSummary(data);

describe("renderSummary", () => {
  it("says the use, the synthetic origin and the verdict before anything else", () => {
    const order = [
      "# demo-egfr",
      "Not a medical device",
      "SYNTHETIC DATA",
      "On 20 patients from site-c",
      "## Read this",
      "## Numbers",
      "## Limitations",
    ];
    const places = order.map((t) => text.indexOf(t));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBe(0);
  });

  it("gives each number with interval and n", () => {
    expect(text).toMatch(
      /\| AUROC \| 0\.\d{3} \(95 % interval .*, n = 20\) \| 0\.\d{3} \(95 % interval .*, n = 40\) \|/,
    );
  });

  it("says what was learned on the tune parts, each time with the part it was judged on", () => {
    expect(text).toMatch(/- External: at sensitivity at least 0\.98 on the tune part \(\d+ of \d+ positive patients\)/);
    expect(text).toContain("- External: not recalibrated: no calibration did better on the tune part.");
    expect(text).toMatch(/- Internal: recalibrated as the tune part chose \([a-z, ]+\): Brier score 0\.\d{3}/);
  });

  it("gives the same bytes for the same value", () => {
    expect(renderSummary(fixture({ pictures: false }))).toBe(text);
  });

  it("lets nothing from a table become markup or a new row", () => {
    expect(escapeMarkdown("a|b\n# c <i> [x](y) `z` *w*")).toBe("a\\|b \\# c &lt;i&gt; \\[x\\](y) \\`z\\` \\*w\\*");
  });

  it("stands without an external part and without baselines", () => {
    const bare = {
      ...data,
      scorecard: { ...data.scorecard, external: null, baselines: { siteOnly: null, meanPool: null } },
    };
    expect(renderSummary(bare)).toContain("| AUROC, mean pool | none | none |");
  });
});
