import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isFailureError } from "@nacre/core";
import { afterAll, describe, expect, it } from "vitest";
import { refuseSameNames, slidesAmong } from "../src/each-file.ts";

describe("files given together", () => {
  it("are refused where two results would have one name, whatever the folder and extension", () => {
    for (const files of [
      ["a/x.svs", "b/x.svs"],
      ["x.svs", "x.tiff"],
    ]) {
      let kind = "";
      try {
        refuseSameNames(files);
      } catch (error) {
        if (isFailureError(error)) kind = error.failure.kind;
      }
      expect(kind).toBe("duplicate-id");
    }
    expect(() => refuseSameNames(["a/x.svs", "a/y.svs"])).not.toThrow();
  });
});

describe("files and folders given together", () => {
  const folder = mkdtempSync(join(tmpdir(), "nacre-among-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const never = new AbortController().signal;
  for (const name of [
    "s.vsi",
    "_s_/stack1/frame_t.ets",
    "deep/t.svs",
    "deep/u.dzi",
    "deep/u_files/0/0_0.png",
    "none/a.txt",
  ]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), "x");
  }
  const at = (...names: string[]): string[] => names.map((name) => join(folder, name));

  it("give each slide once, whether the folder is named or a shell names all that is in it", async () => {
    expect(await slidesAmong([folder], never)).toEqual(at("deep/t.svs", "deep/u.dzi", "s.vsi"));
    expect(await slidesAmong(at("_s_", "deep", "s.vsi"), never)).toEqual(at("deep/t.svs", "deep/u.dzi", "s.vsi"));
  });

  it("keep a folder without slides and a file that is not there, so that they fail by name", async () => {
    expect(await slidesAmong(at("none", "gone.svs"), never)).toEqual(at("none", "gone.svs"));
  });
});
