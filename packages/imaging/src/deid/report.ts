/**
 * What de-identification found and did, for machines and for people. Names of places and tags, counts and hashes:
 * never a value that was removed, and never the name of the file it came from.
 */
import { raise } from "@nacre/core";

export type DeidAction = "removed" | "emptied" | "reduced" | "replaced" | "blanked";

export interface DeidFinding {
  /** "directory 2", "instance 1", "file". */
  readonly where: string;
  /** "tag 306 DateTime", "label", "(0010,0010)". */
  readonly what: string;
  readonly action: DeidAction;
}

/** The stored blocks of one picture that was kept. */
export interface KeptPicture {
  readonly where: string;
  readonly width: number;
  readonly height: number;
  readonly blocks: number;
  /** Bytes of all its blocks. */
  readonly bytes: number;
  /** SHA-256 of the blocks in their order, text segments inside them counted as zeros. Equal in the copy, which was read again. */
  readonly sha256: string;
  /** Blocks in which comments or metadata beside the pixels were overwritten with zeros. */
  readonly blanked: number;
}

export interface DeidReport {
  readonly format: string;
  /** Whether the slide that was looked at held nothing to remove. */
  readonly isClean: boolean;
  /** Whether a copy was written. */
  readonly isWritten: boolean;
  readonly findings: readonly DeidFinding[];
  /** Tags that stay, by name. */
  readonly kept: readonly string[];
  readonly pictures: readonly KeptPicture[];
  readonly warnings: readonly string[];
}

/** The report in lines for people: findings of one kind are joined. */
export function describeDeid(report: DeidReport): string {
  const counts = new Map<string, Set<string>>();
  for (const { where, what, action } of report.findings) {
    const key = `${action.padEnd(9)} ${what}`;
    counts.set(key, (counts.get(key) ?? new Set()).add(where));
  }
  const blocks = report.pictures.reduce((sum, picture) => sum + picture.blocks, 0);
  const verdict = report.isWritten
    ? "a clean copy was written and read again"
    : report.isClean
      ? "clean: nothing to remove"
      : "not clean";
  return [
    `${report.format}: ${verdict}`,
    ...[...counts].map(
      ([key, places]) => `${key}${places.size > 1 ? ` (${places.size} places)` : ` (${[...places].join()})`}`,
    ),
    `pixels    ${report.pictures.length} pictures, ${blocks} blocks${report.isWritten ? ", unchanged by SHA-256" : ""}`,
    ...report.warnings.map((warning) => `warning   ${warning}`),
  ].join("\n");
}

/** Throws `refused`: the file holds what nobody can vouch for. */
export function refuseDeid(expected: string, received: string, remedy: string): never {
  return raise("refused", { expected, received, remedy });
}

/** Throws `refused` for coded pixels without an end. `expected`: what would have one. */
export function refuseBrokenOff(expected: string): never {
  return refuseDeid(
    expected,
    "one that breaks off among its pixels, so that text behind them cannot be told from them",
    "copy the slide again from the scanner",
  );
}

/** Throws `refused` for a copy that shows something else than its original, as those of damaged files may. */
export function refuseOtherPixels(difference: string): never {
  return refuseDeid(
    "a slide whose pixels are the same without what a clean copy leaves out",
    `${difference}: the slide is damaged, or hides bytes among its pixels`,
    "copy the slide again from the scanner; no copy was left behind",
  );
}
