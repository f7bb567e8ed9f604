import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { renderReport } from "../../src/report/render-report.ts";
import type { ReportData } from "../../src/report/report-data.ts";
import { fixture, threeClassFixture } from "./fixture.ts";
import { readPage } from "./markup-check.ts";

const data = fixture();
const page = renderReport(data);
const EVIL = `"><script>alert(1)</script><img src=x onerror='a()'>`;

/** Every string of the value, at any depth, made hostile; pictures and words of fixed meaning stay. */
function poisoned(value: unknown, key = ""): unknown {
  const fixed = ["kind", "severity", "part", "mppSource", "by", "bag", "check", "positive", "classes", "parts"];
  if (typeof value === "string") return value.startsWith("data:image/") ? value : EVIL + value;
  if (fixed.includes(key)) return value;
  if (Array.isArray(value)) return value.map((v) => poisoned(v, key));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fixed.includes(k) ? v : poisoned(v, k)]));
}

describe("renderReport", () => {
  it("has the fifteen sections, each reached from the contents", () => {
    const titles = [...page.matchAll(/<h2><span class="no">(\d+)<\/span>([^<]*)/g)].map((m) => `${m[1]} ${m[2]}`);
    expect(titles).toEqual([
      "1 Verdict",
      "2 What was asked",
      "3 Who is in which part",
      "4 What failed or was refused",
      "5 Scorecard",
      "6 Curves",
      "7 Subgroups",
      "8 Beyond the headline",
      "9 Audit of cohort and split",
      "10 Heatmaps",
      "11 Tiles that spoke for and against",
      "12 Every slide",
      "13 Training",
      "14 Limitations",
      "15 Provenance",
    ]);
  });

  it("is well formed, with unique ids and no reference that leads nowhere", () => {
    const { ids, references } = readPage(page);
    expect(new Set(ids).size).toBe(ids.length);
    expect(references.filter((r) => !ids.includes(r))).toEqual([]);
  });

  it("loads nothing: every address is a picture inside the file or a place on the page", () => {
    const { addresses } = readPage(page);
    expect(addresses.length).toBeGreaterThan(60);
    expect(addresses.filter((a) => !a.startsWith("data:image/") && !a.startsWith("#"))).toEqual([]);
    expect(page).not.toMatch(/@import|<link|<iframe|<object|<embed/);
  });

  it("forbids the network, and admits its own style and script by their hashes", () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll("&#39;", "'") ?? "";
    const hash = (tag: string) => {
      const body = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)?.[1] ?? "";
      return createHash("sha256").update(body).digest("base64");
    };
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src 'sha256-${hash("script")}'`);
    expect(policy).toContain(`style-src 'sha256-${hash("style")}'`);
    expect(page).not.toMatch(/\sstyle="|\son[a-z]+="/);
  });

  it("gives the same bytes for the same value", () => {
    expect(renderReport(fixture())).toBe(page);
  });

  it("shows every measure with interval and n, external and internal", () => {
    const { external, internal } = data.scorecard;
    for (const part of [external, internal]) {
      if (part === null) throw new Error("the fixture has both parts");
      const { value, low, high, n } = part.auroc;
      expect(page).toContain(
        `<td>${value?.toFixed(3)} <span class="interval">${low?.toFixed(3)} to ${high?.toFixed(3)}, n = ${n}</span></td>`,
      );
    }
  });

  it("marks synthetic slides so that it cannot be missed, and only those", () => {
    expect(page.indexOf("SYNTHETIC DATA")).toBeLessThan(page.indexOf('id="verdict"'));
    expect(page).toContain("<title>[synthetic] demo-egfr");
    expect(renderReport({ ...data, synthetic: false })).not.toContain("SYNTHETIC DATA");
  });

  it("always says research use only", () => {
    expect(renderReport({ ...data, synthetic: false })).toContain("Research use only. Not a medical device.");
  });

  it("lets nothing from a table become markup", () => {
    const hostile = renderReport(poisoned(data) as ReportData);
    const clean = (text: string, what: RegExp) => text.match(what)?.length ?? 0;
    expect(clean(hostile, /<script/g)).toBe(1);
    expect(clean(hostile, /<img /g)).toBe(clean(page, /<img /g));
    readPage(hostile);
  });

  it("has a dark and a print form", () => {
    expect(page).toContain("@media (prefers-color-scheme:dark)");
    expect(page).toContain("@media print");
  });

  it("gives one colour scale for all heatmaps, with unit and meaning, and the warning about attention", () => {
    expect(page.match(/Contribution of a tile, log-odds<\/text>/g)).toHaveLength(1);
    expect(page).toContain("Attention is not causation");
    expect(page).toContain("+0.0120 or more");
  });

  it("lists each slide that failed with what was expected, what came and what to do", () => {
    for (const s of data.slides) {
      if (s.failure === null) continue;
      for (const text of [s.slide, s.failure.kind, s.failure.expected, s.failure.received, s.failure.remedy])
        expect(page).toContain(text);
    }
  });

  it("refuses a number that is not finite and a picture from elsewhere", () => {
    const provenance = { ...data.provenance };
    const slides = data.slides.map((s) => ({ ...s, thumbnail: "https://example.org/x.png" }));
    expect(() => renderReport({ ...data, provenance, slides })).toThrow(/expected a picture/);
    const broken = data.slides.map((s) => ({ ...s, probabilities: s.probabilities && [Number.NaN, Number.NaN] }));
    expect(() => renderReport({ ...data, slides: broken })).toThrow(/finite/);
  });
});

describe("renderReport of runs that lack something", () => {
  const empty: ReportData = {
    ...data,
    synthetic: false,
    parts: [],
    flow: [],
    scorecard: { internal: null, external: null, baselines: { siteOnly: null, meanPool: null } },
    curves: { classes: [], reliability: { internal: null, external: null } },
    audit: { ...data.audit, findings: [], skipped: [], proposal: null },
    slides: [],
    heatmaps: null,
    tiles: [],
    training: [],
    limitations: [],
  };

  it("says of each empty section that it is empty", () => {
    const text = renderReport(empty);
    readPage(text);
    for (const said of [
      "Nothing was judged",
      "No curve could be drawn",
      "No finding.",
      "No heatmap was drawn",
      "No tile was chosen",
      "No model was fitted",
      "No part was made",
    ]) {
      expect(text).toContain(said);
    }
    expect(text.replace(/<script>[\s\S]*<\/script>/, "")).not.toMatch(/undefined<|NaN|\[object|>null</);
  });

  it("stands without an external part", () => {
    const text = renderReport({
      ...data,
      scorecard: { ...data.scorecard, external: null },
      curves: {
        classes: data.curves.classes.map((c) => ({ ...c, external: null })),
        reliability: { ...data.curves.reliability, external: null },
      },
    });
    expect(text).toContain("There is no external site in this study");
    expect(text).toContain("no external part");
    readPage(text);
  });

  it("gives the reason of a measure that is undefined", () => {
    const { internal } = data.scorecard;
    if (internal === null) throw new Error("the fixture has an internal part");
    const none = {
      ...internal.auroc,
      value: null,
      low: null,
      high: null,
      delong: null,
      reason: "every patient has the label wild",
    };
    const text = renderReport({ ...data, scorecard: { ...data.scorecard, internal: { ...internal, auroc: none } } });
    expect(text).toContain("undefined: every patient has the label wild");
  });

  it("shows more than two classes one against the rest", () => {
    const text = renderReport(threeClassFixture());
    readPage(text);
    expect(text.match(/<h4>ROC<\/h4>/g)).toHaveLength(3);
    expect(text).toContain("lusc against the rest");
    expect(text).toContain("AUROC at a glance, macro one-versus-rest, by patient");
    expect(text).not.toContain("Decision curves");
  });
});

describe("renderReport of large cohorts", () => {
  const slides = Array.from({ length: 5000 }, (_, i) => ({
    ...(data.slides[i % 60] as ReportData["slides"][number]),
    slide: `many-${i}`,
  }));

  it("drops thumbnails and rows beyond the limits and says so", () => {
    const text = renderReport({ ...data, slides });
    expect(text).toContain("The first 2,000 of 5,000 slides are shown");
    expect(text).toContain("Thumbnails were left out");
    expect(text.match(/<tr><th scope="row" class="word">many-/g)).toHaveLength(2000);
  });

  it("keeps pictures within their bytes and counts what was left out", () => {
    const entry = data.heatmaps?.entries[0];
    if (data.heatmaps === null || entry === undefined) throw new Error("the fixture has heatmaps");
    const bytes = entry.thumbnail.length + entry.contribution.length + entry.attention.length;
    const text = renderReport(
      { ...data, heatmaps: { ...data.heatmaps, entries: Array(10).fill(entry) }, tiles: [] },
      { pictures: (bytes * 4.5) / 0.75 },
    );
    expect(text.match(/<div class="trio">/g)).toHaveLength(4);
    expect(text).toContain("Heatmaps of 6 more slides were left out");
  });
});
