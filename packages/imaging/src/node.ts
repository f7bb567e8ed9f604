export { openFileSource } from "./bytes/file-source.ts";
export { encodeJpeg, encodePng, writePng } from "./codec/encode.ts";
export { decoderReport, jpeg2000Report, nodeCodecs } from "./codec/node-codecs.ts";
export { checkSlide, type DeidOptions, deidentifySlide } from "./deid/deid-slide.ts";
export { type DeidAction, type DeidFinding, type DeidReport, describeDeid, type KeptPicture } from "./deid/report.ts";
export { type OpenSlideReport, openSlideReport } from "./format/openslide/openslide-slide.ts";
export { findSlides, folderBeside } from "./slide/find-slides.ts";
export { openSlideFile } from "./slide/open-slide-file.ts";
export type {
  PenColour,
  SyntheticBenign,
  SyntheticScanner,
  SyntheticSlideSpec,
  SyntheticStain,
} from "./synthetic/spec.ts";
export { type SyntheticSlide, writeSyntheticSlide } from "./synthetic/write-synthetic-slide.ts";
export { type Conversion, type ConvertedLevel, type ConvertOptions, convertSlide } from "./write/convert-slide.ts";
export { WRITE_FORMATS, type WriteFormat, writeFormatOf } from "./write/write-format.ts";
