import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFailureError, unwrap } from "@nacre/core";
import { afterAll, describe, expect, it } from "vitest";
import { encodeJpeg, openSlideFile, writePng } from "../../src/node.ts";
import { picture } from "../picture.ts";

const folder = mkdtempSync(join(tmpdir(), "nacre-encode-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("writePng(path, raster)", () => {
  it("writes what reads back the same, and leaves nothing else behind", async () => {
    const raster = picture(33, 21);
    const path = join(folder, "picture.png");
    await writePng(path, raster);
    const slide = unwrap(await openSlideFile(path));
    const read = unwrap(await slide.read({ level: 0, x: 0, y: 0, width: 33, height: 21 }));
    expect([...read.data]).toEqual([...raster.data]);
    expect(readdirSync(folder)).toEqual(["picture.png"]);
  });

  it("names what went wrong where it cannot write", async () => {
    const error = await writePng(join(folder, "absent", "a.png"), picture(4, 4)).catch((e: unknown) => e);
    expect(isFailureError(error, "missing-file")).toBe(true);
  });

  it("refuses a raster whose bytes do not fit its size", async () => {
    await expect(encodeJpeg({ width: 2, height: 2, data: new Uint8Array(11) }, 80)).rejects.toThrow(RangeError);
  });
});
