/** One command over many files: a bad file is a line and not the end. Exit 1 when some failed, 4 when all did. */
import { statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { describeFailure, type Outcome, raise, slideIdOf } from "@nacre/core";
import type { CommandContext, CommandResult } from "./command.ts";
import { EXIT } from "./exit-code.ts";

export interface FileAnswer {
  readonly json: object;
  /** What a person reads behind the name of the file. */
  readonly line: string;
}

/** Files whose results would have one name are refused before any work. @throws FailureError duplicate-id */
export function refuseSameNames(files: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const file of files) {
    const name = slideIdOf(basename(file));
    const before = seen.get(name);
    if (before !== undefined) {
      raise("duplicate-id", {
        expected: "files with different names, since each result is named after its file",
        received: `${before} and ${file}, both ${name}`,
        remedy: "run them apart, each with its own --out",
      });
    }
    seen.set(name, file);
  }
}

/** The files given, and for each folder that holds slides those slides, each once; a folder without any stays, to be named in a failure. */
export async function slidesAmong(paths: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  const { findSlides, folderBeside } = await import("@nacre/imaging/node");
  const beside = new Set(
    paths.flatMap((path) => {
      const folder = folderBeside(basename(path));
      return folder === null ? [] : [resolve(dirname(path), folder)];
    }),
  );
  const files: string[] = [];
  for (const path of paths) {
    // a shell that spells * out names the folder of a slide beside the slide
    if (beside.has(resolve(path))) continue;
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) files.push(path);
    else {
      const found = await findSlides(path, signal);
      files.push(...(found.length === 0 ? [path] : found));
    }
  }
  return files;
}

export async function eachFile(
  files: readonly string[],
  context: CommandContext,
  body: (file: string) => Promise<Outcome<FileAnswer>>,
): Promise<CommandResult> {
  const results: object[] = [];
  const lines: string[] = [];
  let failed = 0;
  for (const file of files) {
    context.signal.throwIfAborted();
    const answer = await body(file);
    if (answer.ok) {
      results.push({ file, ...answer.value.json });
      lines.push(`${file}  ${answer.value.line}`);
    } else {
      failed++;
      results.push({ file, error: answer.failure });
      context.say(`${file}  ${describeFailure(answer.failure)}`);
    }
  }
  const first = results.find((r): r is { error: object } => "error" in r);
  return {
    json: { files: results, ...(failed === files.length && first !== undefined ? { error: first.error } : {}) },
    text: lines.join("\n"),
    exitCode: failed === 0 ? EXIT.done : failed < files.length ? EXIT.someFailed : EXIT.noResult,
  };
}
