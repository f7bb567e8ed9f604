export { openFileSource } from "./bytes/file-source.ts";
export { encodeJpeg, encodePng, writePng } from "./codec/encode.ts";
export { decoderReport, nodeCodecs } from "./codec/node-codecs.ts";
export { openSlideFile } from "./slide/open-slide-file.ts";
export type {
  PenColour,
  SyntheticBenign,
  SyntheticScanner,
  SyntheticSlideSpec,
  SyntheticStain,
} from "./synthetic/spec.ts";
export { type SyntheticSlide, writeSyntheticSlide } from "./synthetic/write-synthetic-slide.ts";
