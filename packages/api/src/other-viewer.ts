/** Slides for other viewers: Deep Zoom (one XML, square tiles) and the IIIF Image API 3.0. Both are cut anew; our own viewer reads stored blocks. */
import { z } from "zod";
import { keySchema } from "./key.ts";
import { defineRoute } from "./route.ts";

const slideParams = z.object({ slide: keySchema });

export const readDeepZoom = defineRoute("GET /slides/:slide/dzi.dzi", {
  id: "readDeepZoom",
  role: "viewer",
  summary: "Deep Zoom description of a slide",
  kind: "bytes",
  params: slideParams,
  reply: z.any(),
});

export const readDeepZoomTile = defineRoute("GET /slides/:slide/dzi_files/:level/:tile", {
  id: "readDeepZoomTile",
  role: "viewer",
  summary: "A Deep Zoom tile, `column_row.jpg` of a level; level 0 is one pixel",
  kind: "bytes",
  params: slideParams.extend({
    level: z.coerce.number().int().min(0).max(63),
    tile: z.string().regex(/^\d{1,8}_\d{1,8}\.jpe?g$/),
  }),
  reply: z.any(),
});

export const readIiifInfo = defineRoute("GET /iiif/:slide/info.json", {
  id: "readIiifInfo",
  role: "viewer",
  summary: "IIIF Image API 3.0: what can be asked of a slide",
  kind: "bytes",
  params: slideParams,
  reply: z.any(),
});

export const readIiifImage = defineRoute("GET /iiif/:slide/:region/:size/:rotation/:file", {
  id: "readIiifImage",
  role: "viewer",
  summary: "IIIF Image API 3.0: region full, square or x,y,w,h; size max, w,, ,h, w,h or !w,h; rotation 0; default.jpg",
  kind: "bytes",
  params: slideParams.extend({
    region: z.string().max(60),
    size: z.string().max(40),
    rotation: z.string().max(10),
    file: z.string().max(20),
  }),
  reply: z.any(),
});
