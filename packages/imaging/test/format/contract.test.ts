/** The slide contract for the plainest formats; those of a vendor stand in their own tests. */
import { beforeAll } from "vitest";
import { memorySource, openSlide } from "../../src/index.ts";
import { encodePng, nodeCodecs } from "../../src/node.ts";
import { jpegBlocks, smoothPicture } from "../jpeg-blocks.ts";
import { picture } from "../picture.ts";
import { buildTiff, rawPage } from "../tiff-builder.ts";
import { type ContractOpener, slideContract } from "./slide-contract.ts";

const opener =
  (bytes: () => Uint8Array, name: string): ContractOpener =>
  (wrap) =>
    openSlide(wrap(memorySource(bytes(), name)), nodeCodecs);

const raster = picture(150, 110);
const tiff = buildTiff({
  pages: [rawPage(raster, [32, 16]), rawPage(picture(75, 55), [32, 16]), rawPage(picture(37, 27), [32, 16])],
  isLittleEndian: false,
  isBig: true,
});
slideContract(
  "a tiled TIFF",
  opener(() => tiff, "made.tif"),
  raster,
);

const flat = buildTiff({ pages: [rawPage(raster, [150, 10], { isTiled: false })] });
slideContract(
  "a TIFF of strips",
  opener(() => flat, "made.tif"),
  raster,
);

const made: { svs?: Uint8Array; png?: Uint8Array; offset?: number; length?: number } = {};
const smooth = smoothPicture(150, 110);

beforeAll(async () => {
  made.png = await encodePng(raster);
  const { tables, blocks } = await jpegBlocks(smooth, 64, 64);
  const page = { width: 150, height: 110, block: [64, 64] as const, blocks, compression: 7, photometric: 6 };
  const description = "Aperio Image Library v1|AppMag = 40|MPP = 0.25";
  made.svs = buildTiff({ pages: [{ ...page, description, tags: [[347, 7, [...tables]]] }] });
  const end = made.svs.length;
  made.length = blocks[0]?.length ?? 0;
  made.offset = end - blocks.reduce((sum, block) => sum + block.length, 0);
});

slideContract(
  "an Aperio SVS",
  opener(() => made.svs as Uint8Array, "made.svs"),
  smooth,
  {
    tolerance: 6,
    block: () => ({ offset: made.offset ?? 0, length: made.length ?? 0, place: { x: 3, y: 5, width: 20, height: 20 } }),
  },
);

slideContract(
  "a PNG",
  opener(() => made.png as Uint8Array, "made.png"),
  raster,
);
