/**
 * Formats that are known and not read here. They are refused by name, because "cannot open" sends people looking for a
 * broken disk, and because some of them begin like a TIFF or a JPEG and would otherwise show a preview as the slide.
 */
import { type Failure, raise } from "@nacre/core";

interface Known {
  readonly name: string;
  readonly isIt: (head: Uint8Array, fileName: string) => boolean;
}

const begins =
  (text: string, at = 0) =>
  (head: Uint8Array): boolean =>
    [...text].every((letter, i) => head[at + i] === letter.charCodeAt(0));

const ends =
  (...extensions: readonly string[]) =>
  (_head: Uint8Array, fileName: string): boolean =>
    extensions.some((extension) => fileName.toLowerCase().endsWith(extension));

const KNOWN: readonly Known[] = [
  { name: "Zeiss ZVI", isIt: ends(".zvi") },
  { name: "Hamamatsu VMS", isIt: ends(".vms", ".vmu") },
  { name: "3DHISTECH MIRAX", isIt: ends(".mrxs") },
  { name: "Leica LIF", isIt: ends(".lif") },
  { name: "Sakura SVSLIDE", isIt: ends(".svslide") },
  { name: "Philips iSyntax", isIt: ends(".isyntax") },
  { name: "JPEG 2000 image", isIt: (head) => begins("jP  ", 4)(head) || (head[0] === 0xff && head[1] === 0x4f) },
  { name: "WebP image", isIt: (head) => begins("RIFF")(head) && begins("WEBP", 8)(head) },
  { name: "GIF image", isIt: begins("GIF8") },
  { name: "BMP image", isIt: begins("BM") },
  { name: "HDF5", isIt: begins("\u0089HDF") },
  { name: "ZIP archive", isIt: begins("PK\u0003\u0004") },
];

/** Refused here, and read by OpenSlide where that is installed. */
const THROUGH_OPENSLIDE: readonly string[] = [
  "Hamamatsu VMS",
  "3DHISTECH MIRAX",
  "Sakura SVSLIDE",
  "Trestle TIFF",
  "Philips TIFF without its description",
  "Hamamatsu NDPI without its 64-bit header",
];

/** Whether a failure refuses a format by name that OpenSlide may read. */
export function mayReadThroughOpenSlide({ kind, received }: Failure): boolean {
  return kind === "unsupported-format" && THROUGH_OPENSLIDE.some((name) => received.startsWith(`${name}: `));
}

/** The name of a known format that is refused, or null. `head`: the first 132 bytes or fewer. */
export function refusedFormat(head: Uint8Array, fileName: string): string | null {
  return KNOWN.find((known) => known.isIt(head, fileName))?.name ?? null;
}

/** TIFF files of vendors whose layout is their own and not read here, by what their first image says. */
export function refusedTiff(facts: {
  readonly description: string;
  readonly software: string;
  readonly make: string;
  /** Whether the first image carries Hamamatsu's mark. */
  readonly isMarkedNdpi: boolean;
}): string | null {
  const { description, software, make, isMarkedNdpi } = facts;
  if (/^Philips/.test(software) || /PHILIPS/.test(description.slice(0, 4096)))
    return "Philips TIFF without its description";
  if (/^MedScan/.test(software)) return "Trestle TIFF";
  if (isMarkedNdpi || /^Hamamatsu/.test(make)) return "Hamamatsu NDPI without its 64-bit header";
  return null;
}

/** Throws `unsupported-format` for a known format. */
export function refuse(format: string, name: string): never {
  return raise("unsupported-format", {
    expected: "a format that is read here (docs/formats/README.md)",
    received: `${format}: ${name}`,
    remedy:
      "convert it to a pyramidal TIFF, for example: bfconvert -noflat -pyramid-resolutions 4 IN OUT.ome.tif, " +
      "then vips tiffsave OUT.ome.tif SLIDE.tif --tile --pyramid --compression jpeg --Q 90",
  });
}
