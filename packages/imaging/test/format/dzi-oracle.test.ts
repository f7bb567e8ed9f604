/** A Deep Zoom image that openslide-python cut, recorded by tools/oracles/deep_zoom.py. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { unwrap } from "@nacre/core";
import { expect, it } from "vitest";
import { memorySource, openSlide } from "../../src/index.ts";
import { nodeCodecs } from "../../src/node.ts";
import { asNeighbours } from "./zarr-builder.ts";

interface Golden {
  readonly sha256: string;
  readonly images: readonly {
    readonly overlap: number;
    readonly levels: readonly (readonly [number, number])[];
    readonly files: Readonly<Record<string, string>>;
  }[];
}
const golden: Golden = JSON.parse(readFileSync(new URL("../golden/deep_zoom.json", import.meta.url), "utf8"));

it.each(golden.images)(
  "a Deep Zoom of overlap $overlap by openslide-python has its levels and the pixels that were cut",
  async (image) => {
    const files = new Map(
      Object.entries(image.files).map(([name, text]) => [name, new Uint8Array(Buffer.from(text, "base64"))]),
    );
    const source = memorySource(files.get("made.dzi") as Uint8Array, "made.dzi");
    const slide = unwrap(await openSlide(source, nodeCodecs, { neighbours: asNeighbours(files) }));
    const levels = slide.info.levels.map(({ width, height }) => [width, height]);
    expect(levels).toEqual(image.levels.slice(0, levels.length));
    expect(levels.length).toBe(3);
    const [width, height] = levels[0] as [number, number];
    const { data } = unwrap(await slide.read({ level: 0, x: 0, y: 0, width, height }));
    expect(createHash("sha256").update(data).digest("hex")).toBe(golden.sha256);
    slide.close();
  },
);
