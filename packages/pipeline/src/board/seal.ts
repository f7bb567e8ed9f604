/**
 * The sealed external part: nobody sees its numbers until it is opened, and it is opened once. The log holds one line (JSON) for the
 * opening: its name, the command, and the hash of every table, so that tables made after a look can be told. Whoever deletes
 * the log can look again; keep it under version control.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { canonicalJson, fail, type Outcome, ok } from "@nacre/core";
import { z } from "zod";
import { hashOf } from "../run/hash.ts";
import { nameDiskError } from "../run/write-file.ts";

const openingSchema = z.strictObject({
  opened: z.string(),
  part: z.literal("external"),
  command: z.string(),
  fingerprint: z.string(),
  metric: z.string(),
  tasks: z.array(z.string()),
  entries: z.array(z.strictObject({ entry: z.string(), sha256: z.string() })),
});

/** What an opening looked at. */
export type Opening = z.infer<typeof openingSchema>;

export interface Sealable {
  readonly metric: string;
  readonly tasks: readonly {
    readonly task: string;
    readonly positive: string;
    /** Where the board names one for this task alone. */
    readonly metric?: string;
  }[];
  readonly entries: readonly {
    readonly name: string;
    readonly task: string;
    readonly encoder: string;
    readonly aggregator: string;
    readonly seed: number | null;
    readonly sha256: string;
  }[];
}

export type SealState =
  | { readonly state: "closed"; readonly opening: null; readonly changes: null }
  /** Opened for exactly these entries: the numbers may be shown. */
  | { readonly state: "open"; readonly opening: Opening; readonly changes: null }
  /** Opened for others: the numbers stay hidden. `changes` says what differs. */
  | { readonly state: "changed"; readonly opening: Opening; readonly changes: string };

/** The state of the seal for these entries. Failures: refused where the log is not one that an opening wrote. */
export function readSeal(log: string, now: Sealable): Outcome<SealState> {
  const first = firstOpening(log);
  if (!first.ok) return first;
  const opening = first.value;
  if (opening === null) return ok({ state: "closed", opening: null, changes: null });
  if (opening.fingerprint === fingerprintOf(now)) return ok({ state: "open", opening, changes: null });
  return ok({ state: "changed", opening, changes: changesSince(opening, now) });
}

/**
 * Opens the seal: appends the line before any number is written. Already open for the same entries: nothing is appended.
 * Failures: refused where it was opened for other entries.
 */
export function openSeal(
  log: string,
  now: Sealable,
  by: { readonly name: string; readonly command: string },
): Outcome<SealState> {
  const before = readSeal(log, now);
  if (!before.ok || before.value.state === "open") return before;
  if (before.value.state === "changed") return refuse(before.value);
  const opening: Opening = {
    opened: by.name,
    part: "external",
    command: by.command,
    fingerprint: fingerprintOf(now),
    metric: now.metric,
    tasks: [...new Set(now.tasks.map((t) => t.task))],
    entries: now.entries.map((e) => ({ entry: e.name, sha256: e.sha256 })),
  };
  try {
    // Exclusive creation: of two openings at once, one makes the file and the other meets it.
    writeFileSync(log, `${canonicalJson(opening)}\n`, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return openExisting(log, now, opening);
    throw nameDiskError(error, log);
  }
  return ok({ state: "open", opening, changes: null });
}

/** A log that is there but empty takes the line; one that was written meanwhile decides. */
function openExisting(log: string, now: Sealable, opening: Opening): Outcome<SealState> {
  const state = readSeal(log, now);
  if (!state.ok || state.value.state === "open") return state;
  if (state.value.state === "changed") return refuse(state.value);
  writeFileSync(log, `${canonicalJson(opening)}\n`, { flag: "a" });
  return ok({ state: "open", opening, changes: null });
}

function refuse({ opening, changes }: Extract<SealState, { state: "changed" }>): Outcome<never> {
  return fail("refused", {
    expected: `the entries for which the sealed part was opened as "${opening.opened}" (${opening.command})`,
    received: changes,
    remedy:
      "bring those entries back, or report the new ones without external numbers: a part that was looked at cannot be sealed again",
  });
}

function fingerprintOf({ metric, tasks, entries }: Sealable): string {
  const key = (e: Sealable["entries"][number]): string =>
    canonicalJson([e.task, e.encoder, e.aggregator, e.seed, e.sha256]);
  return hashOf({
    metric,
    tasks: tasks.map((t) => canonicalJson([t.task, t.positive, ...(t.metric === undefined ? [] : [t.metric])])).sort(),
    entries: entries.map(key).sort(),
  });
}

function firstOpening(log: string): Outcome<Opening | null> {
  let text: string;
  try {
    text = readFileSync(log, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return ok(null);
    throw nameDiskError(error, log);
  }
  const line = text.split("\n").find((l) => l.trim() !== "");
  if (line === undefined) return ok(null);
  try {
    return ok(openingSchema.parse(JSON.parse(line)));
  } catch {
    return fail("refused", {
      expected: "a seal log as the opening wrote it",
      received: `a first line that is not one, in ${log}`,
      remedy: "bring the log back from version control",
    });
  }
}

function changesSince(opening: Opening, now: Sealable): string {
  const then = new Map(opening.entries.map((e) => [e.entry, e.sha256]));
  const present = new Map(now.entries.map((e) => [e.name, e.sha256]));
  const groups: readonly (readonly [string, readonly string[]])[] = [
    ["added", [...present.keys()].filter((n) => !then.has(n))],
    ["removed", [...then.keys()].filter((n) => !present.has(n))],
    ["changed", [...present].filter(([n, sha]) => then.has(n) && then.get(n) !== sha).map(([n]) => n)],
  ];
  const said = groups
    .filter(([, n]) => n.length > 0)
    .map(([what, n]) => `${what}: ${n.slice(0, 3).join(", ")}${n.length > 3 ? ", ..." : ""}`);
  if (said.length > 0) return said.join("; ");
  return opening.metric === now.metric
    ? "another description of the same tables"
    : `metric ${now.metric} instead of ${opening.metric}`;
}
