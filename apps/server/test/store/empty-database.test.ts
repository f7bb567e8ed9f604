/** The ready-made database between two users: who builds, and who runs the service. */
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { layEmptyDatabase, readyMade } from "../../src/store/empty-database.ts";

const top = mkdtempSync(join(tmpdir(), "nacre-shelf-"));
afterAll(() => rmSync(top, { recursive: true, force: true }));

const NOBODY = 65_534;

/** Modes of a tree, folders and files apart. */
function modesOf(folder: string): { folders: number[]; files: number[] } {
  const modes = { folders: new Set([statSync(folder).mode & 0o777]), files: new Set<number>() };
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const stat = statSync(join(folder, name));
    modes[stat.isDirectory() ? "folders" : "files"].add(stat.mode & 0o777);
  }
  return { folders: [...modes.folders], files: [...modes.files] };
}

/** As somebody whom file modes hold: root is held by none. */
async function asNobody<T>(body: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return body();
  process.seteuid?.(NOBODY);
  try {
    return await body();
  } finally {
    process.seteuid?.(0);
  }
}

describe.skipIf(process.platform === "win32")("The ready-made database", () => {
  it("may be read by another user than the one who built, and its copy by nobody but its owner", async () => {
    const shelf = join(top, "shelf");
    expect(modesOf((await readyMade(shelf)) ?? "")).toEqual({ folders: [0o755], files: [0o644] });
    const place = join(top, "place");
    expect(await layEmptyDatabase(place, shelf)).toBe(true);
    expect(modesOf(place)).toEqual({ folders: [0o700], files: [0o600] });
  });

  it("that may not be read is left alone, and nothing half-made is left: the engine makes its own", async () => {
    const ready = (await readyMade(join(top, "shelf"))) ?? "";
    const [shelf, own] = [join(top, "private"), join(top, "own")];
    cpSync(ready, join(shelf, basename(ready)), { recursive: true });
    chmodSync(join(shelf, basename(ready), "PG_VERSION"), 0);
    mkdirSync(own);
    chmodSync(own, 0o777);
    chmodSync(top, 0o755);
    expect(await asNobody(() => layEmptyDatabase(join(own, "database"), shelf))).toBe(false);
    expect(readdirSync(own)).toEqual([]);
    expect(existsSync(ready)).toBe(true);
  });
});
