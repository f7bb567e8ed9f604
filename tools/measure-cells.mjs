/**
 * Cells of the blood smears of BCCD against the boxes that people drew. Usage: node tools/measure-cells.mjs DATA [held-out|settled], where DATA is the
 * folder of test data. Every third field (from the first) settled the rules; the others are held out. Prints one JSON document.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unwrap } from "../packages/core/dist/index.js";
import { findCells } from "../packages/imaging/dist/index.js";
import { openSlideFile } from "../packages/imaging/dist/node.js";
import { matches } from "./box-match.mjs";

const [, , data, part = "held-out"] = process.argv;
if (data === undefined || !["held-out", "settled"].includes(part)) throw new Error("expected DATA [held-out|settled]");
/** Micrometres a pixel: from the usual width of a red cell, since the files hold none. */
const MPP = 0.071;
const OVERLAP = 0.5;
const KINDS = { "red-cell": "RBC", "white-cell": "WBC", platelet: "Platelets" };
const BOX =
  /<name>(\w+)<\/name>[\s\S]*?<xmin>(\d+)<\/xmin>\s*<ymin>(\d+)<\/ymin>\s*<xmax>(\d+)<\/xmax>\s*<ymax>(\d+)</g;

const folder = join(data, "blood");
const fields = readdirSync(join(folder, "bccd_images"))
  .filter((name) => name.endsWith(".jpg"))
  .sort()
  .filter((_, i) => (i % 3 === 0) === (part === "settled"));
const counts = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, []]));
for (const name of fields) {
  const slide = unwrap(await openSlideFile(join(folder, "bccd_images", name), { mpp: MPP }));
  const cells = unwrap(await findCells(slide, { kind: "blood" }));
  slide.close();
  const xml = readFileSync(join(folder, "bccd_annotations", name.replace(/jpg$/, "xml")), "utf8");
  const boxes = [...xml.matchAll(BOX)].map(([, named, ...ends]) => {
    const [x, y, right, bottom] = ends.map(Number);
    return { named, x, y, width: right - x, height: bottom - y };
  });
  for (const [kind, named] of Object.entries(KINDS)) {
    const known = boxes.filter((box) => box.named === named);
    const found = cells.filter((cell) => cell.kind === kind).map(({ box }) => box);
    counts[kind].push({ known: known.length, found: found.length, hits: matches(known, found, OVERLAP) });
  }
}
const kinds = Object.fromEntries(Object.entries(counts).map(([kind, rows]) => [kind, summary(rows)]));
console.log(JSON.stringify({ part, fields: fields.length, overlap: OVERLAP, mpp: MPP, kinds }, null, 2));

function summary(rows) {
  const sum = (of) => rows.reduce((total, row) => total + of(row), 0);
  const [boxes, found, hits] = [sum((r) => r.known), sum((r) => r.found), sum((r) => r.hits)];
  const [meanKnown, meanFound] = [boxes / rows.length, found / rows.length];
  const cross = sum((r) => (r.known - meanKnown) * (r.found - meanFound));
  const spread = Math.sqrt(sum((r) => (r.known - meanKnown) ** 2) * sum((r) => (r.found - meanFound) ** 2));
  const countError = sum((r) => Math.abs(r.known - r.found)) / rows.length;
  return { boxes, found, recall: hits / boxes, precision: hits / found, countError, correlation: cross / spread };
}
