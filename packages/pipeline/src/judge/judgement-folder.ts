/**
 * A judgement of any kind as a folder: scorecard.json for programs, report.html for people, the texts for a paper for authors. A run
 * folder is left alone.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { raise } from "@nacre/core";
import type { AnswerCard, ClassCard } from "../paper/known.ts";
import { paperFiles } from "../paper/paper-files.ts";
import { STYLE } from "../report/style.ts";
import { writeWhole } from "../run/write-file.ts";

export interface JudgedTexts {
  /** What was judged, for the texts for a paper. */
  readonly card: (ClassCard | AnswerCard) & { readonly file: string };
  readonly scorecard: string;
  /** `styleHash` is `sha256-…` of the style sheet, for the policy of the page. */
  readonly report: (options: { readonly styleHash: string }) => string;
}

/** Writes all files and gives their paths. @throws FailureError bad-usage (a run folder), disk-full, no-permission */
export function writeJudged(folder: string, { card, scorecard, report }: JudgedTexts): string[] {
  if (existsSync(join(folder, "provenance.json")) || existsSync(join(folder, "study.yaml"))) {
    raise("bad-usage", {
      expected: "a folder of its own for the judgement",
      received: `a run folder at ${folder}, whose scorecard and report would be lost`,
      remedy: "name another folder with --out",
    });
  }
  const hash = createHash("sha256").update(STYLE, "utf8").digest("base64");
  const files = [
    ["scorecard.json", scorecard],
    ["report.html", report({ styleHash: `sha256-${hash}` })],
    ...paperTexts(card),
  ] as const;
  return files.map(([name, text]) => {
    const path = join(folder, name);
    writeWhole(path, text);
    return path;
  });
}

/** The texts name the table by its file, not by a path of this machine. */
function paperTexts({ file: path, ...card }: JudgedTexts["card"]): [name: string, text: string][] {
  const file = basename(path);
  const known = { title: basename(file, extname(file)), card: { ...card, file }, report: null, facts: null };
  return paperFiles(known).map(({ name, text }) => [name, text]);
}
