/** A judgement as a folder: scorecard.json for programs, report.html for people. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { raise } from "@nacre/core";
import { renderJudgement } from "../report/render-judgement.ts";
import { STYLE } from "../report/style.ts";
import { writeWhole } from "../run/write-file.ts";
import type { TableJudgement } from "./judge-table.ts";
import { scorecardJson } from "./scorecard-json.ts";

/** Writes the files and gives their paths. A run folder is left alone. @throws FailureError bad-usage, disk-full, no-permission */
export function writeJudgement(folder: string, judgement: TableJudgement): string[] {
  if (existsSync(join(folder, "provenance.json")) || existsSync(join(folder, "study.yaml"))) {
    raise("bad-usage", {
      expected: "a folder of its own for the judgement",
      received: `a run folder at ${folder}, whose scorecard and report would be lost`,
      remedy: "name another folder with --out",
    });
  }
  const hash = createHash("sha256").update(STYLE, "utf8").digest("base64");
  const files = [
    ["scorecard.json", scorecardJson(judgement.scorecard)],
    ["report.html", renderJudgement(judgement, { styleHash: `sha256-${hash}` })],
  ] as const;
  return files.map(([name, text]) => {
    const path = join(folder, name);
    writeWhole(path, text);
    return path;
  });
}
