/** A study that somebody asks for over the network: what it names must lie inside the project. */
import { join, relative } from "node:path";
import { attempt, fail, type Outcome, unwrap } from "@nacre/core";
import { checkStudy, type Study } from "@nacre/pipeline";
import { parse, YAMLParseError } from "yaml";
import type { ArchiveProject } from "../archive/archive.ts";
import { realInside } from "../archive/inside.ts";

/** Reads a study file's text; its paths are relative to the project's folder. Failures: bad-study. */
export function checkAsked(project: ArchiveProject, text: string): Promise<Outcome<Study>> {
  return attempt(() => {
    const study = unwrap(checkStudy(parseStudy(text), join(project.folder, "study.yaml")));
    for (const [key, path] of pathsOf(study)) unwrap(checkInside(project, key, path));
    return study;
  });
}

function parseStudy(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 20 });
  } catch (error) {
    if (!(error instanceof YAMLParseError) && !(error instanceof ReferenceError)) throw error;
    const [received = ""] = error.message.split("\n");
    const remedy = "mend the text";
    return unwrap(fail("bad-study", { expected: "valid YAML", received, remedy }));
  }
}

/** Every place a study reads from. */
function pathsOf({ cohort, slides, features, encoder, fit, split }: Study): (readonly [key: string, path: string])[] {
  const asked: (readonly [string, string | null | undefined])[] = [
    ["cohort", cohort],
    ["slides", slides],
    ["features", features],
    ["encoder", /[/\\]/.test(encoder) ? encoder : null],
    ["fit.from", fit.from],
    ...[split.splits ?? []].flat().map((path) => ["split.splits", path] as const),
  ];
  return asked.flatMap(([key, path]) => (path == null ? [] : [[key, path] as const]));
}

function checkInside(project: ArchiveProject, key: string, path: string): Outcome<void> {
  if (realInside(project.folder, path) !== null) return { ok: true, value: undefined };
  return fail("bad-study", {
    expected: `${key}: something that is there, inside the project's folder`,
    received: relative(project.folder, path) || path,
    remedy: "name it as it lies below the project's folder, without leading / or ..",
  });
}
