import { isFailureError } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { refuseSameNames } from "../src/each-file.ts";

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
