/** Pictures that zarr-python wrote, recorded by tools/oracles/zarr_pictures.py. */
import { readFileSync } from "node:fs";
import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { openSlideFolder } from "../../src/index.ts";
import { nodeCodecs } from "../../src/node.ts";
import { picture } from "../picture.ts";
import { asNeighbours } from "./zarr-builder.ts";

interface Golden {
  readonly width: number;
  readonly height: number;
  readonly pictures: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
const golden: Golden = JSON.parse(readFileSync(new URL("../golden/zarr_pictures.json", import.meta.url), "utf8"));

describe("an OME-Zarr 0.4 that zarr-python wrote", () => {
  it.each(Object.entries(golden.pictures))("in %s has its pixels and its scale", async (_name, stored) => {
    const files = new Map(
      Object.entries(stored).map(([name, text]) => [name, new Uint8Array(Buffer.from(text, "base64"))]),
    );
    const slide = unwrap(await openSlideFolder("made.zarr", asNeighbours(files), nodeCodecs));
    expect(slide.info.mpp).toBe(0.25);
    const { width, height } = golden;
    const { data } = unwrap(await slide.read({ level: 0, x: 0, y: 0, width, height }));
    expect(data).toEqual(picture(width, height).data);
    slide.close();
  });
});
