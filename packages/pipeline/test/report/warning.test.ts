import { describe, expect, it } from "vitest";
import { limitations } from "../../src/report/limitation.ts";
import type { ReportData } from "../../src/report/report-data.ts";
import { warnings } from "../../src/report/warning.ts";
import { fixture } from "./fixture.ts";

const data = fixture({ pictures: false });
const clean: ReportData = {
  ...data,
  asked: { ...data.asked, allow: [] },
  audit: { ...data.audit, findings: [] },
  slides: data.slides.filter((s) => s.failure === null).map((s) => ({ ...s, mppSource: "file", mppInFile: s.mpp })),
};
const titles = (d: ReportData) => warnings(d).map((w) => w.title);

describe("warnings", () => {
  it("are none for a clean run", () => {
    expect(titles(clean)).toEqual([]);
  });

  it("give each refusal that was let through, with the reason that was written", () => {
    const [first] = warnings(data);
    expect(first?.title).toBe("A refusal was let through: conflicting-label");
    expect(first?.text).toContain("“two primaries in one patient, checked by hand”");
    expect(first?.level).toBe("grave");
  });

  it("tell an overridden scale from an assumed one", () => {
    expect(titles(data)).toContain("The scale of 1 slide was overridden");
    expect(titles(data)).toContain("The scale of 20 slides is an assumption");
  });

  it("say that patients or sites are unknown", () => {
    const unknown = { ...clean, asked: { ...clean.asked, patientsKnown: false, sitesKnown: false } };
    expect(titles(unknown)).toEqual(["Patients are unknown", "Sites are unknown"]);
  });

  it("say that sites lie on both sides of the split", () => {
    const overlap = {
      kind: "site-overlap",
      severity: "warn",
      count: 12,
      share: 0.4,
      examples: [],
      effect: "the model has seen the site",
      remedy: "split by site",
    } as const;
    const [w] = warnings({ ...clean, audit: { ...clean.audit, findings: [overlap] } });
    expect(w?.title).toBe("Sites lie on both sides of the split");
    expect(w?.text).toBe(
      "12 patients, 40.0 % of the test patients of a fold on average. The model has seen the site. Split by site.",
    );
  });

  it("notice an allowance for which there is no finding", () => {
    const stale = { ...clean, asked: { ...clean.asked, allow: [{ finding: "patient-leak", why: "old" }] } };
    expect(titles(stale)).toEqual(["The study file allows patient-leak, which was not found"]);
  });

  it("call the loss of many slides grave", () => {
    const failed = data.slides.filter((s) => s.failure !== null);
    const few = warnings({ ...clean, slides: [...clean.slides, ...failed] });
    const many = warnings({ ...clean, slides: failed });
    expect([few[0]?.level, many[0]?.level]).toEqual(["plain", "grave"]);
  });
});

describe("limitations", () => {
  it("begin with what the run hands in and always end with the use", () => {
    const all = limitations(data);
    expect(all[0]).toBe(data.limitations[0]);
    expect(all.at(-1)).toContain("not a medical device");
  });

  it("follow from size, from a single external site, from columns that tell the label and from synthetic slides", () => {
    const text = limitations(data).join("\n");
    expect(text).toContain("The external part has 20 patients, and only 10 in the rarest class");
    expect(text).toContain("One external site only (site-c)");
    expect(text).toContain("can be guessed without pixels from site");
    expect(text).toContain("No number here is clinical performance");
  });

  it("say that there is no external site", () => {
    expect(limitations({ ...data, scorecard: { ...data.scorecard, external: null } }).join("\n")).toContain(
      "No external site",
    );
  });

  it("name every measure that could not be computed", () => {
    const { internal } = data.scorecard;
    if (internal === null) throw new Error("the fixture has an internal part");
    const brier = { ...internal.brier, value: null, low: null, high: null };
    expect(
      limitations({ ...data, scorecard: { ...data.scorecard, internal: { ...internal, brier } } }).join("\n"),
    ).toContain("Could not be computed: internal Brier score");
  });
});
