import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { reportDocument } from "../../src/draft/report-document.ts";
import { REPORT_POLICY, reportHtml } from "../../src/draft/report-html.ts";
import { inLetters } from "../../src/draft/report-letters.ts";
import { reportPdf } from "../../src/draft/report-pdf.ts";
import { prediction, printed } from "./printed.ts";

const made = new Date("2026-03-01T09:00:00.000Z");

describe("a printed report", () => {
  test("says what it is before anything else: research use, synthetic, draft", () => {
    expect(reportDocument(printed()).notices).toEqual([
      "Research use only. Not a medical device.",
      "SYNTHETIC: these slides are computed, no patient stands behind them.",
      "DRAFT: not signed. Not for decisions about a patient.",
    ]);
    expect(reportDocument(printed({ isSigned: true })).notices).toHaveLength(2);
  });

  test("marks what a machine wrote until it is signed", () => {
    const marks = (isSigned: boolean) =>
      reportDocument(printed({ isSigned }))
        .fields.filter(({ mark }) => mark !== null)
        .map(({ title }) => title);
    expect(marks(false)).toEqual(["Answer of the model"]);
    expect(marks(true)).toEqual([]);
    expect(reportDocument(printed()).status).toBe("Draft, not signed; 1 machine-written value not confirmed");
    expect(reportDocument(printed({ isSigned: true })).fields[1]?.evidence).toBe(
      "Confirmed by the signer. Source: study demo",
    );
  });

  test("tells calibration with every answer, failed slides with their reason, and empty fields as such", () => {
    const { predictions, slides, fields, unstated } = reportDocument(printed());
    expect(predictions[0]?.note).toBe(
      "95 % interval of tumour over the models of the folds 0.80 to 0.95. Calibration error 0.030.",
    );
    expect(slides.map(({ text }) => text)).toEqual(["quality flags: blur", "could not be read: bad-slide"]);
    expect(fields.map(({ value }) => value).slice(2)).toEqual(["3.5 mm", "no", "2"]);
    expect(unstated).toHaveLength(1);
  });

  test("says on every page whose it is", () => {
    const { whose, title } = reportDocument(printed());
    expect(whose).toMatch(/^Case .+, patient .+/);
    const page = reportHtml(reportDocument(printed()));
    expect(page).toMatch(/<footer class="every">Case .+, patient P-1\. Draft, not signed/);
    // A browser keeps titles in its history, where no patient belongs.
    expect(page).toContain(`<title>${title}</title>`);
  });

  test("without the right to identifiers holds no patient", () => {
    const document = reportDocument(printed({ patient: null }));
    expect(document.whose).not.toContain("patient");
    expect(document.facts.map(([label]) => label)).not.toContain("Patient");
  });
});

describe("as HTML", () => {
  const page = reportHtml(reportDocument(printed({ isSigned: true })));

  test("nothing that was typed becomes markup, and no script is in it", () => {
    expect(page).not.toMatch(/<script|<b>/);
    expect(page).toContain("&lt;script&gt;");
    expect(page).not.toMatch(/https?:|src=|@import|url\(/);
  });

  test("its policy allows its own style and nothing else", () => {
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? "";
    expect(REPORT_POLICY).toContain(`'sha256-${createHash("sha256").update(style).digest("base64")}'`);
    expect(REPORT_POLICY).toContain("default-src 'none'");
  });
});

describe("as PDF", () => {
  test("is tagged, has a title and a language, and the same report gives the same bytes", async () => {
    const [one, two] = await Promise.all([
      reportPdf(reportDocument(printed()), made),
      reportPdf(reportDocument(printed()), made),
    ]);
    const text = Buffer.from(one).toString("latin1");
    expect(text.startsWith("%PDF-1.7")).toBe(true);
    for (const mark of ["/StructTreeRoot", "/Marked true", "/Lang (en-GB)", "/DisplayDocTitle true"])
      expect(text).toContain(mark);
    expect(text.trimEnd().endsWith("%%EOF")).toBe(true);
    expect(Buffer.compare(one, two)).toBe(0);
  });

  test("a long report runs over pages", async () => {
    const long = Array.from({ length: 120 }, (_, i) => prediction({ run: i.toString(16).padStart(16, "0") }));
    const text = Buffer.from(await reportPdf(reportDocument(printed({ answers: long })), made)).toString("latin1");
    expect(text.match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(3);
  });

  test("letters beyond Western Europe are embedded", async () => {
    const bytes = Buffer.from(await reportPdf(reportDocument(printed({ patient: "Łódź Ωμέγα Жизнь ≥" })), made));
    const maps = inflated(bytes).filter((text) => text.includes("beginbfrange"));
    for (const letter of "ŁΩЖ≥") {
      const code = letter.codePointAt(0)?.toString(16).padStart(4, "0") ?? "";
      expect(maps.some((text) => text.toLowerCase().includes(`<${code}>`))).toBe(true);
    }
  });

  test("a letter that cannot be shown stands as its code, never as a gap, nor in a wrong order", () => {
    const replaced = new Set<string>();
    const has = (code: number): boolean => code !== 0x4e2d;
    expect(inLetters("Łódź ≥ 3 µm “é” – 中 \u202eא", has, replaced)).toBe(
      "Łódź ≥ 3 µm “é” – [U+4E2D] [U+202E][U+05D0]",
    );
    expect([...replaced]).toEqual(["[U+4E2D]", "[U+202E]", "[U+05D0]"]);
  });
});

/** The compressed streams of a PDF as text. */
function inflated(pdf: Buffer): string[] {
  const parts = pdf.toString("latin1").split(/stream\r?\n/);
  return parts.flatMap((part) => {
    try {
      return [inflateSync(Buffer.from(part, "latin1")).toString("latin1")];
    } catch {
      return [];
    }
  });
}
