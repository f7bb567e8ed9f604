export { type BlobLike, blobSource } from "./bytes/blob-source.ts";
export type { ByteSource } from "./bytes/byte-source.ts";
export { memorySource } from "./bytes/memory-source.ts";
export { type Neighbours, neighboursInMemory } from "./bytes/neighbours.ts";
export type { Codecs, DecoderInfo } from "./codec/codec.ts";
export { portableCodecs } from "./codec/portable-codecs.ts";
export { openSlide, openSlideFolder } from "./format/open-slide.ts";
export { colourOf, type HeatmapOptions } from "./overlay/colour-scale.ts";
export { drawHeatmap, type TilePlaces } from "./overlay/draw-heatmap.ts";
export { tilesGeoJson } from "./overlay/tiles-geojson.ts";
export { hashDistance, pictureHash } from "./quality/picture-hash.ts";
export { blankRaster, MAX_REGION_PIXELS } from "./slide/raster.ts";
export { type RasterFacts, rasterSlide } from "./slide/raster-slide.ts";
export { readDownsampled } from "./slide/scaled-read.ts";
export type {
  AssociatedImage,
  Level,
  OpenOptions,
  Plane,
  Planes,
  Raster,
  Region,
  Slide,
  SlideInfo,
  StoredBlock,
} from "./slide/slide.ts";
export { thumbnail } from "./slide/thumbnail.ts";
export { isSynthetic } from "./synthetic/is-synthetic.ts";
export { layTiles, wholeImageTiles } from "./tile/lay-tiles.ts";
export type { TileSpec, Tiles } from "./tile/tile-spec.ts";
export { findTissue } from "./tissue/find-tissue.ts";
export { type FeatureCollection, polygonsGeoJson, tissueGeoJson } from "./tissue/geojson.ts";
export { tissuePolygons } from "./tissue/polygon.ts";
export type { Tissue, TissueOptions } from "./tissue/tissue.ts";
