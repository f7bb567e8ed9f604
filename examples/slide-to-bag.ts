/**
 * From a slide file to a bag of features, one step of the staircase a line: open, find tissue, lay tiles, encode.
 * Tiles are encoded one by one on this thread to show the steps; `EncodePool` of `@nacre/features/node` does it on all cores.
 * Run: node examples/slide-to-bag.ts SLIDE (Node 22.18 or later, after `npm run build`)
 */
import { pathToFileURL } from "node:url";
import { type Bag, mpp, unwrap } from "@nacre/core";
import { openEncoder } from "@nacre/features/node";
import { findTissue, layTiles } from "@nacre/imaging";
import { openSlideFile } from "@nacre/imaging/node";

/** The texture features of a slide's tissue: tiles of 224 px at 0.5 µm/px. @throws FailureError by name */
export async function slideToBag(path: string): Promise<Bag> {
  const slide = unwrap(await openSlideFile(path));
  const encoder = unwrap(await openEncoder("texture", { size: 224 }));
  try {
    const scale = mpp(0.5);
    const tissue = unwrap(await findTissue(slide));
    const { n, x, y, side } = unwrap(layTiles(slide, tissue, { mpp: scale, size: 224, minTissue: 0.5 }));
    const features = new Float32Array(n * encoder.card.dim);
    for (let i = 0; i < n; i++) {
      const place = { x: x[i] ?? 0, y: y[i] ?? 0, width: 224, height: 224 };
      const tile = unwrap(await slide.readAt(scale, place));
      features.set(await encoder.encode([tile]), i * encoder.card.dim);
    }
    return { features, n, d: encoder.card.dim, x, y, side, space: encoder.space };
  } finally {
    await encoder.close();
    slide.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const bag = await slideToBag(process.argv[2] ?? "nacre-demo/slides/site-a-001.svs");
  console.log(`${bag.n} tiles, ${bag.d} features each, ${bag.space}`);
}
