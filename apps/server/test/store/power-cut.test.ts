/**
 * A power cut: of each file nothing is left but what it held when it was last flushed. A copy of the data folder is kept in that state
 * while the embedded database works, and is opened as what the disk would hold. Harsher than a disk, which writes much unasked.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { afterAll, expect, it } from "vitest";
import { DurableFolder, openLite } from "../../src/store/durable-folder.ts";
import { layEmptyDatabase } from "../../src/store/empty-database.ts";

const top = mkdtempSync(join(tmpdir(), "nacre-power-"));
afterAll(() => rmSync(top, { recursive: true, force: true }));

/** Keeps at `disk` what would outlast a power cut at this moment. */
class Watched extends DurableFolder {
  readonly #disk: string;

  constructor(folder: string, disk: string) {
    super(folder);
    this.#disk = disk;
  }

  protected override flush(file: number, path: () => string): void {
    super.flush(file, path);
    const from = path();
    const to = join(this.#disk, relative(this.rootDir, from));
    if (statSync(from).isDirectory()) {
      this.#names(from, to);
      return;
    }
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, readFileSync(from));
  }

  /** A flushed folder holds its names: what was removed or renamed away is gone, what is new is there, though perhaps empty. */
  #names(from: string, to: string): void {
    mkdirSync(to, { recursive: true });
    const now = new Set(readdirSync(from));
    for (const name of readdirSync(to)) if (!now.has(name)) rmSync(join(to, name), { recursive: true });
  }
}

async function rowsOf(lite: PGlite): Promise<number[]> {
  const { rows } = await lite.query<{ n: number }>("select n from told order by n");
  return rows.map(({ n }) => n);
}

it("loses nothing that was acknowledged, wherever between commits, checkpoints and a vacuum the power goes", {
  timeout: 60_000,
}, async () => {
  const [here, disk] = [join(top, "here"), join(top, "disk")];
  expect(await layEmptyDatabase(here)).toBe(true);
  cpSync(here, disk, { recursive: true });
  const lite = openLite(new Watched(here, disk));
  const cuts: { readonly at: string; readonly acknowledged: number }[] = [];
  let acknowledged = 0;
  const commit = async (rows: number): Promise<void> => {
    const values = Array.from({ length: rows }, (_, i) => `(${acknowledged + i}, repeat('x', 500))`);
    await lite.exec(`begin; insert into told values ${values.join(", ")}; commit`);
    acknowledged += rows;
  };
  const cut = (): void => {
    const at = join(top, `cut-${cuts.length}`);
    cpSync(disk, at, { recursive: true });
    cuts.push({ at, acknowledged });
  };
  try {
    await lite.exec("create table told (n int primary key, filling text)");
    await commit(1);
    cut();
    await commit(400);
    cut();
    await lite.exec("checkpoint");
    cut();
    await commit(3);
    await lite.exec("update told set filling = repeat('y', 500)");
    await lite.exec("vacuum full told");
    await commit(20);
    cut();
    await lite.exec("checkpoint");
    await commit(5);
    cut();
  } finally {
    await lite.close();
  }
  for (const { at, acknowledged: wanted } of cuts) {
    const after = openLite(at);
    expect(await rowsOf(after), at).toEqual(Array.from({ length: wanted }, (_, n) => n));
    await after.close();
  }
});
