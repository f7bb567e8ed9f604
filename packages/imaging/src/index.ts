export { type BlobLike, blobSource } from "./bytes/blob-source.ts";
export type { ByteSource } from "./bytes/byte-source.ts";
export { httpNeighbours } from "./bytes/http/http-neighbours.ts";
export { type HttpSourceOptions, httpSource } from "./bytes/http/http-source.ts";
export { memorySource } from "./bytes/memory-source.ts";
export { type Neighbours, neighboursInMemory } from "./bytes/neighbours.ts";
export type { Cell, CellKind } from "./cell/cell.ts";
export { cellsGeoJson } from "./cell/cells-geojson.ts";
export { type CropOptions, cropCell } from "./cell/crop-cells.ts";
export { findBloodCells } from "./cell/find-blood-cells.ts";
export { type CellOptions, findCells } from "./cell/find-cells.ts";
export { findNuclei, type NucleusOptions } from "./cell/find-nuclei.ts";
export type { Codecs, DecoderInfo } from "./codec/codec.ts";
export { jpegFrame } from "./codec/jpeg-stream.ts";
export { portableCodecs } from "./codec/portable-codecs.ts";
export { openSlide, openSlideFolder } from "./format/open-slide.ts";
export { colourOf, type HeatmapOptions } from "./overlay/colour-scale.ts";
export { drawHeatmap, type TilePlaces } from "./overlay/draw-heatmap.ts";
export { tilesGeoJson } from "./overlay/tiles-geojson.ts";
export { checkQuality, type Quality, type QualityOptions } from "./quality/check-quality.ts";
export { drawQuality } from "./quality/draw-quality.ts";
export type { FocusSquare } from "./quality/focus.ts";
export { hashDistance, pictureHash } from "./quality/picture-hash.ts";
export { QUALITY_LIMITS, type QualityFlag, type QualityLimits, type QualityRow } from "./quality/quality-row.ts";
export { openSlideUrl } from "./slide/open-slide-url.ts";
export { blankRaster, MAX_REGION_PIXELS } from "./slide/raster.ts";
export { type RasterFacts, rasterSlide } from "./slide/raster-slide.ts";
export { readDownsampled, readPreview } from "./slide/scaled-read.ts";
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
export { HED_COLUMNS, type JitterOptions, jitterStain } from "./stain/hed.ts";
export { fitStain, normaliseStain, stainMover } from "./stain/normalise-stain.ts";
export { fitSlideStain, type SlideStain } from "./stain/slide-stain.ts";
export type {
  ColourProfile,
  DyeProfile,
  StainApplied,
  Stained,
  StainFitOptions,
  StainMethod,
  StainProfile,
} from "./stain/stain-profile.ts";
export { type StainReference, stainReference } from "./stain/stain-reference.ts";
export { isSynthetic } from "./synthetic/is-synthetic.ts";
export { layTiles, wholeImageTiles } from "./tile/lay-tiles.ts";
export type { TileSpec, Tiles } from "./tile/tile-spec.ts";
export { findTissue } from "./tissue/find-tissue.ts";
export { type FeatureCollection, polygonsGeoJson, tissueGeoJson } from "./tissue/geojson.ts";
export { tissuePolygons } from "./tissue/polygon.ts";
export type { Tissue, TissueOptions } from "./tissue/tissue.ts";
