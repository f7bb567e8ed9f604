import { describe, expect, it } from "vitest";
import type { ReportData } from "../../src/report/report-data.ts";
import type { Estimate, Scorecard } from "../../src/report/score.ts";
import { verdict } from "../../src/report/verdict.ts";
import { fixture } from "./fixture.ts";

const data = fixture({ pictures: false });

/** The fixture with other AUROCs: external, internal, mean pool external, site alone. */
function judged(change: {
  external?: Partial<Estimate>;
  internal?: Partial<Estimate>;
  pool?: Partial<Estimate> | null;
  site?: Partial<Estimate> | null;
}): string {
  const { external, internal } = data.scorecard;
  if (external === null || internal === null) throw new Error("the fixture has both parts");
  const base: Estimate = { value: 0.8, low: 0.75, high: 0.85, n: 200, method: "m" };
  const scorecard: Scorecard = {
    external: { ...external, auroc: { ...base, delong: null, ...change.external } },
    internal: { ...internal, auroc: { ...base, delong: null, ...change.internal } },
    baselines: {
      meanPool: change.pool === null ? null : { internal: null, external: { ...base, ...change.pool } },
      siteOnly: change.site === null ? null : { ...base, ...change.site },
    },
  };
  return verdict({ ...data, scorecard }).join(" ");
}

describe("verdict", () => {
  it("gives the external number first, with interval and n, and the words for it", () => {
    const [first] = verdict(data);
    expect(first).toMatch(
      /^On 20 patients from site-c, .* AUROC is 0\.\d{3} \(95 % interval 0\.\d{3} to \d\.\d{3}, n = 20\)/,
    );
    expect(first).toContain("of 100 pairs of one mutant and one other patient");
  });

  it("does not call a result better than chance when its interval reaches 0.5", () => {
    expect(judged({ external: { value: 0.6, low: 0.45, high: 0.75 } })).toContain(
      "does not show that the model is better than chance",
    );
  });

  it("says that an interval is wide", () => {
    expect(judged({ external: { value: 0.8, low: 0.62, high: 0.95 } })).toContain("may be as low as 0.62");
  });

  it("says how much is lost outside, and whether the internal interval excludes it", () => {
    const internal = { value: 0.95, low: 0.9, high: 0.98 };
    expect(judged({ internal, external: { value: 0.7, low: 0.65, high: 0.75 } })).toContain(
      "Outside it loses 0.25, which lies below the internal interval",
    );
    expect(judged({ internal: { ...internal, low: 0.79 }, external: { value: 0.8, low: 0.75, high: 0.85 } })).toContain(
      "though the intervals are compatible",
    );
  });

  it("does not prefer the model to the mean pool when the intervals overlap", () => {
    expect(judged({ pool: { value: 0.78, low: 0.7, high: 0.84 } })).toContain(
      "does not settle which of the two is better",
    );
    expect(judged({ pool: { value: 0.6, low: 0.55, high: 0.65 } })).toContain("clearly below the model");
    expect(judged({ pool: { value: 0.95, low: 0.9, high: 0.98 } })).toContain(
      "the simpler method is the better one here",
    );
  });

  it("uses the paired test where there is one", () => {
    expect(verdict(data).join(" ")).toMatch(/the model differs from it by [+−]0\.\d{3} \(95 % interval/);
  });

  it("warns that the hospital alone tells the label", () => {
    expect(judged({ site: { value: 0.8, low: 0.7, high: 0.9 } })).toContain("hospital and label go together here");
    expect(judged({ site: { value: 0.5, low: 0.4, high: 0.6 } })).not.toContain("go together");
  });

  it("says what was not measured", () => {
    const none: ReportData = {
      ...data,
      scorecard: { internal: null, external: null, baselines: { siteOnly: null, meanPool: null } },
    };
    expect(verdict(none).join(" ")).toMatch(
      /no external site.*no internal result.*baseline was not computed.*was not tested/,
    );
    expect(
      judged({ external: { value: null, low: null, high: null, reason: "every patient has the label wild" } }),
    ).toContain("is undefined: every patient has the label wild");
  });
});
