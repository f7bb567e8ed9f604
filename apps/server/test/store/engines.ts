/** The two engines that a store runs on: embedded always, PostgreSQL where it is installed. Each place is a database of its own. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { startPostgres } from "../../../../bench/workers-postgres.mjs";
import { backUp, restore } from "../../src/store/backup.ts";
import type { StoreOptions } from "../../src/store/open-store.ts";

export interface Engine {
  /** An empty database that nobody has opened yet. */
  place(): StoreOptions;
  /** Copies what is in one database to another through a file, by the means of this engine; nobody has either open. */
  copy(from: StoreOptions): Promise<StoreOptions>;
  remove(): void;
}

export const ENGINES: readonly { readonly name: string; readonly absent: boolean; start(): Promise<Engine> }[] = [
  { name: "the embedded database", absent: false, start: startEmbedded },
  {
    name: "PostgreSQL (skipped without /usr/lib/postgresql)",
    absent: !existsSync("/usr/lib/postgresql"),
    start: startServer,
  },
];

async function startEmbedded(): Promise<Engine> {
  const top = mkdtempSync(join(tmpdir(), "nacre-engine-"));
  let made = 0;
  const place = (): StoreOptions => ({ folder: join(top, String(++made)) });
  return {
    place,
    async copy(from) {
      const [to, file] = [place(), join(top, `${++made}.tar.gz`)];
      unwrap(await backUp(from.folder, file));
      unwrap(await restore(to.folder, file));
      return to;
    },
    remove: () => rmSync(top, { recursive: true, force: true }),
  };
}

async function startServer(): Promise<Engine> {
  const postgres = await startPostgres();
  if (postgres === null) throw new Error("expected a PostgreSQL in /usr/lib/postgresql, received none");
  const top = mkdtempSync(join(tmpdir(), "nacre-engine-"));
  let made = 0;
  const place = (): StoreOptions => {
    const name = `place${++made}`;
    execFileSync("psql", ["--quiet", "--command", `create database ${name}`, postgres.url()]);
    return { folder: join(top, name), url: postgres.url().replace(/postgres$/, name) };
  };
  return {
    place,
    // As docs/serving.md says: its own tools.
    async copy(from) {
      const [to, file] = [place(), join(top, `${++made}.dump`)];
      execFileSync("pg_dump", ["--format=custom", "--file", file, from.url ?? ""]);
      execFileSync("pg_restore", ["--dbname", to.url ?? "", file]);
      return to;
    },
    remove() {
      postgres.remove();
      rmSync(top, { recursive: true, force: true });
    },
  };
}
