export { CARD_KEYS, type EncoderCard, parseEncoderCard } from "./encoder/card.ts";
export { checkTiles, type Encoder, type EncoderInfo, MPP_TOLERANCE, spaceOf, type TileFit } from "./encoder/encoder.ts";
export { encoders } from "./encoder/registry.ts";
export { openTexture } from "./encoder/texture-encoder.ts";
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
