/** Which files and folders are slides, by their names: the formats that imaging opens, itself or through OpenSlide. */

const SLIDE = /\.(svs|tiff?|ndpi|scn|bif|czi|vsi|dcm|mrxs|vms|vmu|svslide|dzi)$/i;
const IMAGE = /\.(jpe?g|png)$/i;

export const isSlideFile = (name: string): boolean => SLIDE.test(name) && !name.startsWith(".");
export const isPlainImage = (name: string): boolean => IMAGE.test(name) && !name.startsWith(".");

/** A folder that is one slide: an OME-Zarr by its marks, a DICOM series where several instances lie alone. */
export function slideFolderKind(
  name: string,
  files: readonly string[],
  folders: readonly string[],
): "zarr" | "dicom" | null {
  if (files.includes(".zattrs") || files.includes(".zgroup") || files.includes("zarr.json")) return "zarr";
  if (/\.zarr$/i.test(name)) return "zarr";
  const shown = files.filter((file) => !file.startsWith("."));
  const isSeries = shown.length > 1 && folders.length === 0 && shown.every((file) => /\.dcm$/i.test(file));
  return isSeries ? "dicom" : null;
}

/** Folders that hold the insides of the slides beside them: `a_files` of a.dzi, `a` of a.mrxs, `_a_` of a.vsi. */
export function companionFolders(slides: readonly string[]): Set<string> {
  const companions = new Set<string>();
  for (const file of slides) {
    const stem = file.replace(/\.[^.]+$/, "");
    if (/\.dzi$/i.test(file)) companions.add(`${stem}_files`);
    else if (/\.(mrxs|vms|vmu)$/i.test(file)) companions.add(stem);
    else if (/\.vsi$/i.test(file)) companions.add(`_${stem}_`);
  }
  return companions;
}
