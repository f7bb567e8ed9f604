/** Workers, a database that goes away, and death: what comes out is there, once and whole. The small version of `bench/workers.mjs`. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const BENCH = fileURLToPath(new URL("../../../../bench/main.mjs", import.meta.url));
const SLIDES = 60;

describe.skipIf(!existsSync("/usr/lib/postgresql"))("workers (skipped without /usr/lib/postgresql)", () => {
  it("make every output once and whole, and a page tells of it truly, though one is killed, one is cut off and the database restarts", async () => {
    const args = [BENCH, "workers", String(SLIDES), "3", "0", "--json"];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { seconds: _, workersToldOfTheDatabase, ...told } = JSON.parse(stdout) as Record<string, unknown>;
    expect(told).toEqual({
      slides: SLIDES,
      cutBy: expect.stringMatching(/^(network namespace|loopback proxy)$/),
      enqueued: SLIDES,
      counts: { waiting: 0, active: 0, done: SLIDES, failed: 0, cancelled: 0 },
      files: SLIDES,
      extra: [],
      unsound: [],
      workersEnded: [0, 0],
      pageTold: expect.any(Number),
      pageConnections: expect.any(Number),
      pageDone: SLIDES,
      pageSecondsLeft: 0,
      pageWrong: [],
    });
    expect(Number(workersToldOfTheDatabase)).toBeGreaterThan(0);
    // It heard on the way, not at the end alone.
    expect(Number(told.pageTold)).toBeGreaterThan(4);
  });
});
