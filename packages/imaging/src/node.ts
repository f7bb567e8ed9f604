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
export { WHOLE_SLIDE } from "./write/dicom/whole-slide-modules.ts";
export {
  COMPREHENSIVE_3D_SR,
  type ReportedAnswer,
  type ReportedNumber,
  writeMeasurementReport,
} from "./write/dicom-result/measurement-report.ts";
export { NO_VALUE, PARAMETRIC_MAP, type TileNumbers, writeParametricMap } from "./write/dicom-result/parametric-map.ts";
export type { DicomResult, ResultFacts } from "./write/dicom-result/result-file.ts";
export { type ResultSource, readResultSource } from "./write/dicom-result/result-source.ts";
export {
  HISTOGRAM_ANALYSIS,
  type MaskSegment,
  SEGMENTATION,
  TISSUE,
  writeSegmentation,
} from "./write/dicom-result/segmentation.ts";
export type { Laid } from "./write/dicom-result/slide-frames.ts";
export { openTileEncoder, type TileEncoder } from "./write/tile-encoder.ts";
export { WRITE_FORMATS, type WriteFormat, writeFormatOf } from "./write/write-format.ts";
