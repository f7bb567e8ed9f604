/** The fuzzer for ten seconds, and whether it notices what it is there to notice. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { nodeCodecs } from "../../src/node.ts";

const tool = fileURLToPath(new URL("../../../../tools/fuzz-slides.mjs", import.meta.url));

interface Told {
  readonly code: number | null;
  readonly findings: readonly { readonly problem: string }[];
  readonly files: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly formats: number;
  readonly unseen: readonly string[];
  /** Of JPEG and of JPEG 2000. */
  readonly decoders: readonly string[];
}

async function fuzz(...args: string[]): Promise<Told> {
  const child = spawn(process.execPath, [tool, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (text: Buffer) => {
    out += text;
  });
  const code = await new Promise<number | null>((done) => child.once("close", done));
  const last = out.trimEnd().split("\n").at(-1) ?? "";
  if (!last.startsWith("{")) throw new Error(`expected a line of JSON, received ${out.slice(-2000)}`);
  return { code, ...JSON.parse(last) };
}

describe("slides changed at random", () => {
  it("give pixels or named failures, for ten seconds, in every format", async () => {
    const { code, findings, files, outcomes, formats, unseen, decoders } = await fuzz(
      ...["--seconds", "10", "--seed", "7"],
      // A throttled machine counts processor time ten times as long.
      ...["--cpu-ms", "20000"],
    );
    expect(findings).toEqual([]);
    expect(code).toBe(0);
    expect(files).toBeGreaterThan(100);
    expect(formats).toBeGreaterThanOrEqual(20);
    expect(outcomes["deid:copy"]).toBeGreaterThan(5);
    // with so many files a format that is not among them is one that is never drawn
    if (files > 2000) expect(unseen).toEqual([]);
    // where this process has native decoders, so had the one that was fuzzed
    for (const [i, codec] of [await nodeCodecs.jpeg(), await nodeCodecs.jpeg2000()].entries())
      expect(decoders[i]).toMatch(codec.info.native ? /, native$/ : /, WebAssembly$/);
  }, 120_000);

  it("are noticed where one crashes, is slow, swells, rejects, throws what has no name, or has a copy that leaks, is not clean or does not open", async () => {
    const { code, findings } = await fuzz("--seconds", "1", "--plant");
    expect(code).toBe(1);
    const said = [
      /process died/,
      /processor time/,
      /MB more/,
      /unhandled rejection/,
      /an error without a name: TypeError: planted/,
      /deid-finding: the copy holds BARCODE/,
      /deid-finding: --check says .*4 bytes/,
      /the copy does not open/,
    ];
    for (const pattern of said) expect(findings.map(({ problem }) => problem).join("\n")).toMatch(pattern);
  }, 240_000);
});
