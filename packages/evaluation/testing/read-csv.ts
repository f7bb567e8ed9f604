/** Reads CSV and the first sheet of an xlsx into a table, enough for tests; the product's readers live in the pipeline. */
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import type { SplitTable } from "../src/split/dialect.ts";

/** Text with quotes as RFC 4180 has them. */
export function parseCsv(text: string, file: string, delimiter = ","): SplitTable {
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^${delimiter}\\r\\n]*))(${delimiter}|\\r?\\n|$)`, "y");
  const rows: string[][] = [[]];
  while (cell.lastIndex < text.length) {
    const [, quoted, plain = "", stop = ""] = cell.exec(text) ?? [];
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (stop !== delimiter) rows.push([]);
  }
  const [header = [], ...body] = rows.filter((row) => row.some((value) => value !== ""));
  return { file, header, rows: body };
}

/** A file as a table, by its name. */
export function readTableFile(path: string): SplitTable {
  if (path.endsWith(".xlsx")) return readXlsx(path);
  return parseCsv(readFileSync(path, "utf8"), path, path.endsWith(".tsv") ? "\t" : ",");
}

function readXlsx(path: string): SplitTable {
  const files = unzip(readFileSync(path));
  const strings = [...(files("xl/sharedStrings.xml") ?? "").matchAll(/<si>(.*?)<\/si>/gs)].map(([, si = ""]) =>
    [...si.matchAll(/<t[^>]*>(.*?)<\/t>/gs)].map(([, t = ""]) => plainText(t)).join(""),
  );
  const sheet = files("xl/worksheets/sheet1.xml") ?? "";
  const rows = [...sheet.matchAll(/<row[^>]*>(.*?)<\/row>/gs)].map(([, row = ""]) => {
    const cells: string[] = [];
    for (const [, attributes = "", body = ""] of row.matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
      const letters = /r="([A-Z]+)/.exec(attributes)?.[1] ?? "A";
      const at = [...letters].reduce((sum, c) => sum * 26 + c.charCodeAt(0) - 64, 0) - 1;
      const text = /<(?:v|t)[^>]*>(.*?)<\//s.exec(body)?.[1] ?? "";
      cells[at] = attributes.includes('t="s"') ? (strings[Number(text)] ?? "") : plainText(text);
    }
    return Array.from(cells, (cell) => cell ?? "");
  });
  const [header = [], ...body] = rows;
  return { file: path, header, rows: body };
}

function unzip(bytes: Buffer): (name: string) => string | null {
  const end = bytes.lastIndexOf("PK\u0005\u0006", undefined, "latin1");
  const found = new Map<string, string>();
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n--) {
    const [nameLength, extra, comment] = [28, 30, 32].map((o) => bytes.readUInt16LE(at + o)) as [
      number,
      number,
      number,
    ];
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    const local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const data = bytes.subarray(from, from + bytes.readUInt32LE(at + 20));
    if (/sharedStrings|sheet1\.xml$/.test(name))
      found.set(name, (bytes.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data)).toString("utf8"));
    at += 46 + nameLength + extra + comment;
  }
  return (name) => found.get(name) ?? null;
}

function plainText(text: string): string {
  return text.replace(
    /&(lt|gt|quot|apos|amp);/g,
    (_, name: string) => ({ lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" })[name] as string,
  );
}
