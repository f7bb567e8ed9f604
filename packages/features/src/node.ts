export { type EncodeOptions, EncodePool, type EncodePoolOptions } from "./bag/encode-pool.ts";
export { type EncodeTilesOptions, encodeTiles } from "./bag/encode-tiles.ts";
export { type EncoderPlace, findEncoder } from "./encoder/encoder-folder.ts";
export { type OpenEncoderOptions, openEncoder } from "./encoder/open-encoder.ts";
export { readBag } from "./store/read-bag.ts";
export { writeBag } from "./store/write-bag.ts";
