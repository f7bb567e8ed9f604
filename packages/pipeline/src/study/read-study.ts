/** From a YAML file to a study: parsed, checked key by key, paths made absolute. Every message names the place in the file. */
import { dirname, isAbsolute, resolve } from "node:path";
import { type FailureKind, fail, nearestName, type Outcome, ok } from "@nacre/core";
import { parse, YAMLParseError } from "yaml";
import type { z } from "zod";
import { readText } from "./read-text.ts";
import { FINDINGS, knownKeys, type StudyFile, settledTiles, studySchema, taskKinds } from "./study-schema.ts";

/** A study whose relative paths are resolved against the folder of its file. */
export interface Study extends StudyFile {
  /** The study file itself. */
  readonly file: string;
}

/** Reads and checks a study file. Failures: bad-study. */
export function readStudy(path: string): Outcome<Study> {
  const text = readText(path);
  if (!text.ok) {
    if (text.failure.kind === "no-permission") return text;
    const { received } = text.failure;
    return badStudy("a study file (YAML)", received, "check the path; `nacre demo` writes a study file to start from");
  }
  let value: unknown;
  try {
    value = parse(text.value);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const at = error.linePos?.[0];
    return badStudy("valid YAML", `${error.message.split("\n")[0]} (line ${at?.line ?? "?"})`, `mend ${path}`);
  }
  return checkStudy(value, path);
}

/** Checks a parsed study; `path` is the file it came from, against which its paths are resolved. */
export function checkStudy(value: unknown, path: string): Outcome<Study> {
  const parsed = studySchema.safeParse(value);
  if (!parsed.success) {
    // A misspelt key explains the missing one beside it.
    const { issues } = parsed.error;
    return explainIssue(
      (issues.find((i) => i.code === "unrecognized_keys") ?? issues[0]) as z.core.$ZodIssue,
      value,
      path,
    );
  }
  const study = parsed.data;
  const sources = [study.slides, study.features].filter((s) => s !== undefined).length;
  if (sources !== 1) {
    return badStudy("exactly one of slides: and features:", sources === 0 ? "neither" : "both", "name one folder");
  }
  const strange = study.allow.find((a) => !FINDINGS.includes(a.finding));
  if (strange !== undefined) {
    const near = nearestName(strange.finding, FINDINGS);
    return badStudy(
      `allow.finding among ${FINDINGS.join(", ")}`,
      `\`${strange.finding}\` in ${path}`,
      near === null ? "name the finding that the refusal told" : `did you mean \`${near}\`?`,
    );
  }
  if (study.tiles.overlap >= study.tiles.size) {
    return badStudy(
      "tiles.overlap below tiles.size",
      `${study.tiles.overlap} of ${study.tiles.size}`,
      "lower the overlap",
    );
  }
  const tiles = settledTiles(study.tiles);
  const moved = (["colour", "stain"] as const).find((key) => tiles[key] !== undefined);
  if (study.features !== undefined && moved !== undefined) {
    return badStudy(
      `tiles.${moved} together with slides:`,
      `\`${tiles[moved]}\` with features:, whose colours are what they were when they were made`,
      `remove tiles.${moved}, or give the slides`,
    );
  }
  if (study.task.kind === "multitask" && Object.keys(study.task.tasks).length === 0) {
    return badStudy("task.tasks with at least one task", "none", "name the tasks under task.tasks:");
  }
  if (study.split.by === "file" && study.split.splits === undefined) {
    return badStudy("split.splits, the split files, with by: file", "no such key", "add splits: [FILE] under split:");
  }
  const base = dirname(resolve(path));
  const absolute = (p: string): string => (isAbsolute(p) ? p : resolve(base, p));
  const splits = study.split.splits;
  return ok({
    ...study,
    tiles,
    file: resolve(path),
    cohort: absolute(study.cohort),
    ...(study.slides === undefined ? {} : { slides: absolute(study.slides) }),
    ...(study.features === undefined ? {} : { features: absolute(study.features) }),
    encoder: /[/\\]/.test(study.encoder) ? absolute(study.encoder) : study.encoder,
    fit: { ...study.fit, from: study.fit.from === null ? null : absolute(study.fit.from) },
    split: {
      ...study.split,
      ...(splits === undefined ? {} : { splits: (Array.isArray(splits) ? splits : [splits]).map(absolute) }),
    },
  });
}

function explainIssue(issue: z.core.$ZodIssue, value: unknown, path: string): Outcome<never> {
  const place = issue.path.map(String).join(".") || "the top level";
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    const known = knownKeys(issue.path, at(value, [...issue.path, "kind"]));
    return badStudy(
      `a known key at ${place} (${known.join(", ")})`,
      `\`${key}\` in ${path}`,
      nearest(key, known, elsewhere(key) ?? "remove it"),
    );
  }
  if (issue.path.length === 0)
    return badStudy(
      "a study: name, cohort, task, and slides or features",
      "no keys",
      "write it as `key: value`, a line each",
    );
  if (issue.code === "invalid_value") {
    const names = issue.values.map(String);
    const near = nearestName(String(at(value, issue.path)), names);
    return badStudy(
      `${place} among ${names.join(", ")}`,
      `${written(value, issue.path)} in ${path}`,
      `correct ${place}${near === null ? "" : `: did you mean \`${near}\`?`}`,
    );
  }
  if (issue.code === "invalid_union" && issue.path.at(-1) === "kind") {
    const kinds = taskKinds(issue.path);
    const kind = at(value, issue.path);
    return badStudy(
      `${place} among ${kinds.join(", ")}`,
      `${written(value, issue.path)} in ${path}`,
      nearest(String(kind), kinds, "name one of them"),
    );
  }
  if (issue.code === "custom" && issue.params !== undefined) {
    return badStudy(
      issue.message,
      `${String(issue.params.received)} in ${path}`,
      `correct ${place}, or leave it out for the default`,
    );
  }
  if (issue.path[0] === "task" && at(value, issue.path) === undefined) {
    return badStudy(
      `${place}, which a task of this kind needs`,
      "no such key",
      `add ${String(issue.path.at(-1))}: to the task`,
    );
  }
  return badStudy(
    `${place}: ${issue.message.replace("Invalid input: expected ", "")}`,
    `${written(value, issue.path)} in ${path}`,
    `correct ${place} in the study file`,
  );
}

function nearest(name: string, known: readonly string[], otherwise: string): string {
  const near = nearestName(name, known);
  return near === null ? otherwise : `did you mean \`${near}\`?`;
}

/** Where a key belongs that stands in the wrong place. */
function elsewhere(key: string): string | null {
  const section = ["tiles", "fit", "split", "evaluate"].find((name) => knownKeys([name], null).includes(key));
  return section === undefined ? null : `move it under ${section}:`;
}

/** What stands at a place of the parsed file. */
function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((v, key) => (v as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}

/** The same, for messages. */
function written(value: unknown, path: readonly PropertyKey[]): string {
  const found = at(value, path);
  return found === undefined ? "nothing" : (JSON.stringify(found)?.slice(0, 80) ?? typeof found);
}

function badStudy(expected: string, received: string, remedy: string): ReturnType<typeof fail> {
  const kind: FailureKind = "bad-study";
  return fail(kind, { expected, received, remedy });
}
