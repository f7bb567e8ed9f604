/**
 * The report as PDF: A4, tagged (headings, paragraphs, lists in reading order), with title and language, its letters embedded. A letter
 * that cannot be shown stands as its code in brackets, and a line says so.
 */
import PDFDocument from "pdfkit";
import type { PrintedField, ReportDocument } from "./report-document.ts";
import { reportFace } from "./report-face.ts";
import { type HasLetter, inLetters } from "./report-letters.ts";

const MARGIN = 54;
const INK = "#1b1f23";
const SOFT = "#444b52";
const WARN = "#7a4200";
const [PLAIN, BOLD] = ["plain", "bold"] as const;

type Doc = InstanceType<typeof PDFDocument>;
type Structure = ReturnType<Doc["struct"]>;

/** @param made stands in the file as its date: the same report and date give the same words */
export async function reportPdf(report: ReportDocument, made: Date): Promise<Uint8Array> {
  const doc = new PDFDocument({
    size: "A4",
    margin: MARGIN,
    bufferPages: true,
    tagged: true,
    lang: "en-GB",
    displayTitle: true,
    pdfVersion: "1.7",
    info: {
      Title: report.title,
      Subject: report.status,
      Creator: "Nacre",
      CreationDate: made,
      ModDate: made,
    },
  });
  doc.registerFont(PLAIN, reportFace(400)).registerFont(BOLD, reportFace(700));
  const done = collect(doc);
  const root = doc.struct("Document");
  doc.addStructure(root);
  const replaced = new Set<string>();
  const write = writer(doc, root, replaced);
  body(write, report);
  if (replaced.size > 0) {
    const which = [...replaced].slice(0, 20).join(" ");
    write(
      "P",
      `Letters that this file cannot show stand as their code in brackets: ${which}. The HTML form shows them.`,
      { size: 8.5, colour: SOFT, before: 10 },
    );
  }
  root.end();
  footers(doc, report);
  doc.end();
  return await done;
}

interface Look {
  readonly size?: number;
  readonly font?: string;
  readonly colour?: string;
  /** Points of space before it. */
  readonly before?: number;
  readonly indent?: number;
}
type Write = (tag: string, text: string, look?: Look) => void;

function writer(doc: Doc, root: Structure, replaced: Set<string>): Write {
  return (tag, text, { size = 10, font = PLAIN, colour = INK, before = 0, indent = 0 } = {}) => {
    const element = doc.struct(tag, {}, () => {
      doc.font(font).fontSize(size).fillColor(colour);
      if (before > 0) doc.y += before;
      doc.text(inLetters(text, lettersOf(doc), replaced), MARGIN + indent, doc.y, {
        width: doc.page.width - 2 * MARGIN - indent,
      });
    });
    root.add(element);
  };
}

function body(
  write: Write,
  { title, notices, status, facts, fields, unstated, predictions, slides, signature }: ReportDocument,
): void {
  for (const notice of notices) write("P", notice, { font: BOLD, colour: WARN });
  write("H1", title, { size: 18, font: BOLD, before: 10 });
  write("P", status, { colour: SOFT });
  for (const [label, value] of facts) write("P", `${label}: ${value}`, { before: 2 });
  heading(write, "Report");
  if (fields.length === 0) write("P", "Nothing has been written.");
  for (const field of fields) writeField(write, field);
  if (unstated.length > 0) write("P", `Not stated: ${unstated.join("; ")}.`, { before: 6, colour: SOFT, size: 8.5 });
  if (signature !== null) {
    heading(write, "Signature");
    write("P", `Signed by ${signature.by}, ${signature.at}.`);
    write(
      "P",
      `SHA-256 over what was signed (canonical JSON of the fields above, template, version, signer and time): ${signature.sha256}`,
      { size: 8.5, colour: SOFT },
    );
  }
  heading(write, "Answers of models");
  write("P", "As they stand in the archive when this is printed; not part of what is signed.", {
    size: 8.5,
    colour: SOFT,
  });
  if (predictions.length === 0) write("P", "No model has answered.");
  for (const { head, text, note } of predictions) {
    write("P", `${head}: ${text}`, { before: 3 });
    write("P", note, { size: 8.5, colour: SOFT, indent: 12 });
  }
  heading(write, "Slides");
  for (const { name, text } of slides) write("P", `${name}: ${text}`);
}

function heading(write: Write, text: string): void {
  write("H2", text, { size: 12, font: BOLD, before: 12 });
}

function writeField(write: Write, { title, value, mark, evidence }: PrintedField): void {
  write("P", title, { font: BOLD, before: 5 });
  if (mark !== null) write("P", `[${mark}]`, { font: BOLD, colour: WARN, size: 8.5, indent: 12 });
  write("P", value, { indent: 12 });
  if (evidence !== null) write("P", evidence, { size: 8.5, colour: SOFT, indent: 12 });
}

/** On every page, so that a page alone still says whose and what it is. Not part of the reading order. */
function footers(doc: Doc, { whose, status, notices }: ReportDocument): void {
  const { start, count } = doc.bufferedPageRange();
  for (let page = start; page < start + count; page++) {
    doc.switchToPage(page);
    // The text lies in the margin, where it would else begin another page.
    doc.page.margins.bottom = 0;
    doc.markContent("Artifact", { type: "Pagination" });
    doc.font(PLAIN).fontSize(8).fillColor(SOFT);
    const line = `${whose}. ${status}. Page ${page - start + 1} of ${count}.\n${notices.join(" ")}`;
    const text = inLetters(line, lettersOf(doc), new Set());
    doc.text(text, MARGIN, doc.page.height - MARGIN + 8, {
      width: doc.page.width - 2 * MARGIN,
      height: 24,
      ellipsis: true,
    });
    doc.endMarkedContent();
  }
}

/** What the chosen font has. pdfkit keeps the opened font, and its types do not tell of it. */
function lettersOf(doc: Doc): HasLetter {
  const { _font } = doc as unknown as { readonly _font: { readonly font: { hasGlyphForCodePoint: HasLetter } } };
  return (code) => _font.font.hasGlyphForCodePoint(code);
}

async function collect(doc: Doc): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of doc) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
