/** Wrong usage, help and start-up. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nacre } from "../../../packages/pipeline/test/small-cohort.ts";

describe("wrong usage", () => {
  it.each([
    ["an unknown command", ["rum"], /did you mean run/i],
    ["an unknown option", ["run", "study.yaml", "--ouput", "x"], /did you mean --out/i],
    ["an argument too few", ["run"], /help/],
    ["an argument too many", ["doctor", "now"], /help/],
    ["a missing option", ["encode", "a.svs"], /help/],
    ["an unknown subcommand", ["slide", "inf", "a.svs"], /did you mean info/i],
    ["no subcommand", ["slide"], /nacre slide --help/],
    ["no command", [], /nacre --help/],
    ["no number where one is wanted", ["demo", "--seed", "seven"], /--seed/],
    ["half a seed", ["demo", "--seed", "1.5"], /--seed/],
    ["a tile of no size", ["tiles", "a.svs", "--tile-size", "-5"], /--tile-size/],
    ["an overlap as large as the tile", ["tiles", "a.svs", "--overlap", "224"], /--overlap/],
    ["a share above one", ["tiles", "a.svs", "--min-tissue", "7"], /--min-tissue/],
    ["a scale no microscope has", ["tissue", "a.svs", "--mpp", "500"], /--mpp/],
    ["a thumbnail of no size", ["slide", "thumbnail", "a.svs", "--out", "a.png", "--size", "0"], /--size/],
    ["a head that nothing is held against", ["serve", ".", "--told", "1:a"], /add --verify-trail/],
    ["a force over nothing", ["serve", ".", "--force"], /add --restore FILE/],
    ["pictures of cells that go nowhere", ["cells", "a.svs", "--crops", "32"], /add --out DIR/],
    ["less than no replicates", ["evaluate", "a.csv", "--bootstrap", "-1"], /--bootstrap/],
  ])("%s is exit code 2, one sentence and one JSON document", async (_, args, remedy) => {
    const { code, json, stdout, stderr } = await nacre([...args, "--json"]);
    expect(code).toBe(2);
    expect(json?.error.kind).toBe("bad-usage");
    expect(json.error.remedy).toMatch(remedy);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toContain("nacre: bad-usage");
  });

  it("serves no folder that is not there, and makes none", async () => {
    const { code, json } = await nacre(["serve", "no-such-folder", "--json", "--no-open"]);
    expect([code, json?.error.kind, existsSync("no-such-folder")]).toEqual([4, "missing-file", false]);
  });

  it("writes nothing to stdout without --json", async () => {
    const { code, stdout, stderr } = await nacre(["rum"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("unknown command");
  });
});

describe("help", () => {
  it("is exit code 0 on stdout, with exit codes and an example", async () => {
    const { code, stdout, stderr } = await nacre(["--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("Exit codes: 0 done");
    expect(stdout).toContain("$ nacre demo");
    expect(stdout).toMatch(/Research use only/);
  });

  it("and the version come without loading an engine", async () => {
    expect((await nacre(["--version"])).stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
