/** Files of a run that a person may take along: tables, numbers and texts as they lie in its folder. Models and features are large and stay there. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RUN_FILES, type RunFile } from "@nacre/api";
import type { BytesReply } from "../serve/handle.ts";
import { notFound } from "../serve/refuse.ts";

const TYPES: Readonly<Record<string, string>> = { csv: "text/csv", json: "application/json" };

/** Those of them that are there. @param folder of the run */
export function filesOf(folder: string): RunFile[] {
  return RUN_FILES.filter((file) => existsSync(pathOf(folder, file)));
}

/** @throws ApiRefusal not-found */
export async function runFile(folder: string, file: RunFile, run: string): Promise<BytesReply> {
  const body = await readFile(pathOf(folder, file)).catch(() => notFound("a file of the run"));
  const type = TYPES[file.split(".").at(-1) ?? ""] ?? "text/plain";
  return { type: `${type}; charset=utf-8`, body, saveAs: `${run}-${file}` };
}

/** What belongs into a paper lies in a folder of its own. */
function pathOf(folder: string, file: RunFile): string {
  return join(folder, /^(table|claim|tripod)/.test(file) ? "paper" : file === "model-card.md" ? "model" : "", file);
}
