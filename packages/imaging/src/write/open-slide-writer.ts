/** The table of formats that are written. Adding one is one file, one name in write-format.ts and one entry here. */
import { openDeepZoomWriter } from "./deepzoom-writer.ts";
import { openDicomWriter } from "./dicom/dicom-writer.ts";
import type { FormatRules } from "./slide-writer.ts";
import { openTiffSlideWriter } from "./tiff-slide-writer.ts";
import type { WriteFormat } from "./write-format.ts";
import { openZarrWriter } from "./zarr-writer.ts";

const FILE = {
  codec: "jpeg",
  passes: ["jpeg"],
  rounding: "down",
  step: null,
  until: null,
  drops: [],
  needsScale: false,
  kind: "file",
} as const;

export const FORMAT_RULES: Readonly<Record<WriteFormat, FormatRules>> = {
  tiff: { ...FILE, drops: ["objective"], open: (options) => openTiffSlideWriter("tiff", options) },
  svs: { ...FILE, passes: ["jpeg", "jpeg2000"], open: (options) => openTiffSlideWriter("svs", options) },
  "ome-tiff": { ...FILE, open: (options) => openTiffSlideWriter("ome-tiff", options) },
  "ome-zarr": {
    ...FILE,
    codec: "lossless",
    passes: [],
    drops: ["objective", "icc"],
    kind: "folder",
    open: openZarrWriter,
  },
  deepzoom: {
    ...FILE,
    rounding: "up",
    step: 2,
    until: 1,
    drops: ["mpp", "objective", "icc", "synthetic"],
    kind: "file-and-folder",
    open: openDeepZoomWriter,
  },
  dicom: {
    ...FILE,
    passes: ["jpeg", "jpeg2000"],
    needsScale: true,
    kind: "folder",
    open: (options) => openDicomWriter(options),
  },
};
