export { CARD_KEYS, type EncoderCard, parseEncoderCard } from "./encoder/card.ts";
export { checkTiles, type Encoder, type EncoderInfo, MPP_TOLERANCE, spaceOf, type TileFit } from "./encoder/encoder.ts";
export { encoders } from "./encoder/registry.ts";
export { openTexture } from "./encoder/texture-encoder.ts";
export type { Cells } from "./index/cell-centres.ts";
export { type CellIndex, type CellOptions, cellIndex } from "./index/cells.ts";
export { coarseIndex } from "./index/coarse-index.ts";
export {
  type EmbeddedMap,
  embeddingMap,
  type MapOptions,
  type MapProgress,
  type MapTable,
} from "./index/embedding-map.ts";
export {
  distanceTo,
  type Experience,
  type ExperienceOptions,
  experienceOf,
  LEAST_KNOWN,
  OUTSIDE,
} from "./index/experience.ts";
export { type Principal, principalComponents, project } from "./index/principal.ts";
export { type NeighbourShares, neighbourShares, type SharesOptions } from "./index/separation.ts";
export {
  type Alike,
  type AlikeOptions,
  toUnit,
  type VectorIndex,
  type VectorTable,
  vectorIndex,
} from "./index/vector-index.ts";
export { composeBag, magnificationOf, STORE_VERSION } from "./store/compose-bag.ts";
export type { BagMeta, BagNotes, PlaceFrame, StoreLayout } from "./store/meta.ts";
export { parseBag, type ReadBagOptions } from "./store/parse-bag.ts";
export type { TextureFeature } from "./texture/family.ts";
export {
  featureNames,
  TEXTURE_DIM,
  TEXTURE_VERSION,
  type TextureMeter,
  textureFeatures,
  textureMeter,
} from "./texture/texture.ts";
