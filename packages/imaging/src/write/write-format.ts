/** The formats that can be written, and how a name says which one is wanted. */
import { raise } from "@nacre/core";

export const WRITE_FORMATS = ["tiff", "svs", "ome-tiff", "ome-zarr", "deepzoom", "dicom"] as const;

export type WriteFormat = (typeof WRITE_FORMATS)[number];

/** Longer endings first: ".ome.tif" is also ".tif". */
const ENDINGS: readonly (readonly [RegExp, WriteFormat])[] = [
  [/\.ome\.(tiff?|btf|tf8)$/i, "ome-tiff"],
  [/\.zarr[/\\]?$/i, "ome-zarr"],
  [/\.svs$/i, "svs"],
  [/\.(tiff?|btf|tf8)$/i, "tiff"],
  [/\.dzi$/i, "deepzoom"],
  [/\.(dcm|dicom)[/\\]?$/i, "dicom"],
];

/** The format that the name of `path` asks for. @throws FailureError `bad-usage` where it asks for none */
export function writeFormatOf(path: string): WriteFormat {
  const found = ENDINGS.find(([ending]) => ending.test(path));
  if (found) return found[1];
  return raise("bad-usage", {
    expected: "a name that ends in .tif, .svs, .ome.tif, .ome.zarr, .dzi or .dcm",
    received: path,
    remedy: `say the format: one of ${WRITE_FORMATS.join(", ")}`,
  });
}
