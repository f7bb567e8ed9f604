/** Debian's PostgreSQL in a folder of its own, on a free port of loopback, and a way to it that can be cut. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PLACE = "/usr/lib/postgresql";

/** Where the newest PostgreSQL lies; null: there is none. */
function findPostgres() {
  if (!existsSync(PLACE)) return null;
  const versions = readdirSync(PLACE).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(PLACE, version, "bin")).find((bin) => existsSync(join(bin, "initdb"))) ?? null;
}

/** Starts a database; null where none is installed. It refuses to be root, so as root it is the user postgres. */
export async function startPostgres() {
  const found = findPostgres();
  if (found === null) return null;
  const folder = mkdtempSync(join(tmpdir(), "nacre-postgres-"));
  const who = process.getuid?.() === 0 ? userOf("postgres") : {};
  if (who.uid !== undefined) chownSync(folder, who.uid, who.gid);
  const data = join(folder, "data");
  const bin = (name) => join(found, name);
  const options = { ...who, cwd: folder, stdio: "ignore" };
  execFileSync(bin("initdb"), ["-D", data, "-U", "nacre", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"], options);
  const port = await freePort();
  let isUp = false;
  let server = null;
  const start = async () => {
    const settings = ["-c", "unix_socket_directories=", "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=60"];
    server = spawn(bin("postgres"), ["-D", data, "-p", String(port), ...settings], options);
    isUp = true;
    for (let tries = 0; tries < 300; tries++) {
      const ready = spawnSync(bin("pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)], options);
      if (ready.status === 0) return;
      await new Promise((next) => setTimeout(next, 100));
    }
    throw new Error("expected PostgreSQL to answer within 30 s");
  };
  const stop = () => {
    isUp = false;
    spawnSync(bin("pg_ctl"), ["-D", data, "-m", "fast", "-w", "stop"], options);
  };
  await start();
  return {
    port,
    /** Of the process that all its others come from. */
    pid: () => server.pid,
    url: (at = port, host = "127.0.0.1") => `postgres://nacre@${host}:${at}/postgres`,
    start,
    stop,
    remove() {
      if (isUp) stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function userOf(name) {
  const id = (flag) => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

function freePort() {
  return new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

/**
 * A way from `host` to a port of loopback. `cut`: nothing passes any more and nobody is told, as when a cable is drawn. `mend`: connections
 * that lost something on the way break.
 */
export function startProxy(to, host = "127.0.0.1") {
  const sockets = new Set();
  let isCut = false;
  const server = createServer((near) => {
    const far = dial(to, "127.0.0.1");
    for (const [from, on] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(from);
      from.on("error", () => on.destroy());
      from.on("close", () => {
        sockets.delete(from);
        if (!isCut) on.destroy();
      });
      from.on("data", (bytes) => {
        if (!isCut) on.write(bytes);
      });
    }
  });
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return new Promise((ready) => {
    server.listen(0, host, () => {
      ready({
        port: server.address().port,
        cut() {
          isCut = true;
        },
        mend() {
          isCut = false;
          breakAll();
        },
        close() {
          isCut = false;
          breakAll();
          server.close();
        },
      });
    });
  });
}
