export { type EncodeOptions, EncodePool, type EncodePoolOptions } from "./bag/encode-pool.ts";
export { type EncodeTilesOptions, encodeTiles } from "./bag/encode-tiles.ts";
export type { TileColour } from "./bag/tile-colour.ts";
export { type EncoderPlace, findEncoder } from "./encoder/encoder-folder.ts";
export { type OpenEncoderOptions, openEncoder } from "./encoder/open-encoder.ts";
export { readCells, writeCells } from "./index/cell-file.ts";
export type { Like } from "./index/query-tiles.ts";
export { partOf, type RowRule, rowReader, startsOf } from "./index/row-reader.ts";
export {
  EXACT_NUMBERS,
  type Member,
  type Neighbour,
  PER_SLIDE,
  type Question,
  type SearchAnswer,
  type SearchOptions,
  searchVectors,
  type VectorSearch,
} from "./index/search-vectors.ts";
export { standardise } from "./index/standardise.ts";
export { type OpenVectorsOptions, openVectors, type StoredVectors, type VectorFile } from "./index/vector-store.ts";
export { readBag } from "./store/read-bag.ts";
export { writeBag } from "./store/write-bag.ts";
