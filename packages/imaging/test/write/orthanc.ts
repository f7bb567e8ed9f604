/** A DICOM archive that we did not make: Debian's Orthanc with its DICOMweb plugin, on a port of its own, for the time of one test file. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
const START_MS = 30_000;

/** Why there is no archive to test with, or null. */
export function orthancAbsence(): string | null {
  if (spawnSync("Orthanc", ["--version"]).error !== undefined) return "orthanc is not installed";
  return existsSync(PLUGIN) ? null : "orthanc-dicomweb is not installed";
}

export interface Orthanc {
  /** An address of the archive, from the path below its root. */
  readonly url: (path: string) => string;
  /** Ends the process and removes what it stored. */
  readonly stop: () => Promise<void>;
}

/** Answers to this machine alone, takes no DICOM connections, asks for no password. */
export async function startOrthanc(): Promise<Orthanc> {
  const folder = mkdtempSync(join(tmpdir(), "nacre-orthanc-"));
  const port = await freePort();
  const config = {
    Name: "nacre-test",
    StorageDirectory: join(folder, "storage"),
    IndexDirectory: join(folder, "storage"),
    HttpPort: port,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomServerEnabled: false,
    Plugins: [PLUGIN],
    DicomWeb: { Enable: true, Root: "/dicom-web/" },
  };
  writeFileSync(join(folder, "orthanc.json"), JSON.stringify(config));
  const child = spawn("Orthanc", [join(folder, "orthanc.json"), `--logfile=${join(folder, "log")}`], {
    stdio: "ignore",
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = (path: string): string => `http://127.0.0.1:${port}/${path}`;
  if (await answers(child, url("system"))) return { url, stop };
  const log = existsSync(join(folder, "log")) ? readFileSync(join(folder, "log"), "utf8") : "";
  await stop();
  throw new Error(`expected an archive within ${START_MS} ms, received none: ${log.slice(-2000)}`);
}

async function answers(child: ChildProcess, address: string): Promise<boolean> {
  for (const end = Date.now() + START_MS; Date.now() < end && child.exitCode === null; ) {
    const isUp = await fetch(address).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isUp) return true;
    await new Promise((next) => setTimeout(next, 100));
  }
  return false;
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** The parts of a multipart/related answer (RFC 2387), without their heads. */
export function partsOf(body: Buffer, contentType: string): Buffer[] {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw new Error(`expected a multipart answer, received ${contentType}`);
  const mark = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  for (let at = body.indexOf(mark); at >= 0; ) {
    const next = body.indexOf(mark, at + mark.length);
    if (next < 0) break;
    const start = body.indexOf("\r\n\r\n", at) + 4;
    parts.push(body.subarray(start, next - 2));
    at = next;
  }
  return parts;
}
