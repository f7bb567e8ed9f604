/**
 * What a slide tells of itself unasked: an allow-list of names, each with the shape that its value must have. Descriptions, titles, users,
 * files, dates, barcodes and serial numbers are none of them: they come with `identifiers: true` only. DICOM names its manufacturer, model and
 * software by elements that PS3.15 leaves in de-identified objects; in other formats their words must be known ones.
 */
import type { OpenOptions } from "../slide/slide.ts";
import { SYNTHETIC_TITLE } from "../synthetic/is-synthetic.ts";

type Shape = (value: string) => boolean;

const matches =
  (pattern: RegExp): Shape =>
  (value) =>
    pattern.test(value);

/** A number, or a few: room for a size and a ratio, none for a barcode among words. */
const isNumbers = matches(/^"?[-+]?\d{1,12}([.,]\d{1,12})?(e[-+]?\d{1,3})?"?( "?\d{1,4}(\.\d{1,12})?"?){0,3}$/i);
const isLine = matches(/^[^\p{C}]{1,64}$/u);

const WORDS = new Set(
  (
    "aperio image library leica biosystems hamamatsu photonics philips dp ventana roche carl zeiss microscopy gmbh olympus evident motic huron sakura " +
    "trestle medscan 3dhistech pannoramic mirax nanozoomer ndp.scan ndp.view2 scanscope gt450 gt450dx at2 cs2 scn400 scn400f iscan coreo ht axioscan " +
    "axio scan.z1 zen blue zen-blue axiovision slidebook ome bio-formats libvips vips tifffile tifffile.py qupath imagescope raw2ometiff openslide nacre"
  ).split(" "),
);
const VERSION = /^v?\d{1,4}(\.\d{1,5}){0,4}[a-z]?$/i;

/** Names of makers, scanners and programs, and versions. */
export const isWords: Shape = (value) =>
  value.length <= 64 && value.split(/[\s,()/]+/).every((word) => WORDS.has(word.toLowerCase()) || VERSION.test(word));

const APERIO =
  "AppMag|MPP|StripeWidth|OriginalWidth|Original[hH]eight|Left|Top|Filtered|Gamma|Focus Offset|DisplayColor|Exposure (Scale|Time)|LineArea[XY]Offset|LineCameraSkew";

const SHOWN: readonly (readonly [name: RegExp, shape: Shape])[] = [
  [new RegExp(`^aperio\\.(${APERIO})$`), isNumbers],
  [/^tiff\.(Make|Model|Software)$|^czi\.Application$|^philips\.DICOM_MANUFACTURER$/, isWords],
  [/^(hamamatsu\.SourceLens|(leica|ventana)\.areas|deep-zoom\.(TileSize|Overlap)|ome-zarr\.version)$/, isNumbers],
  [/^philips\.DICOM_LOSSY_IMAGE_COMPRESSION_RATIO$/, isNumbers],
  [
    /^philips\.DICOM_LOSSY_IMAGE_COMPRESSION_METHOD$/,
    matches(/^"?(ISO|PHILIPS)_[\w.]{1,16}"?( "?(ISO|PHILIPS)_[\w.]{1,16}"?)?$/),
  ],
  [/^ome\.DimensionOrder$/, matches(/^[XYZCT]{5}$/)],
  [/^ome\.Type$|^czi\.PixelType$/, matches(/^(u?int|bit|float|double|complex|Gray|Bgra?)[A-Za-z\d-]{0,16}$/)],
  [/^deep-zoom\.Format$/, matches(/^\w{3,4}$/)],
  [/^dicom\.(ImageType|Manufacturer|ManufacturerModelName|SoftwareVersions|PhotometricInterpretation)$/, isLine],
  [/^dicom\.(DimensionOrganizationType|LossyImageCompressionRatio|TransferSyntaxUID)$/, isLine],
  [/^openslide\.(mpp-[xy]|objective-power|level-count|bounds-(x|y|width|height))$/, isNumbers],
  [/^openslide\.(level|region)\[\d{1,3}\]\.[a-z-]{1,16}$/, isNumbers],
  [/^openslide\.(vendor|background-color)$/, matches(/^[\da-z-]{1,16}$/i)],
];

const isShown = ([name, value]: readonly [string, string]): boolean =>
  SHOWN.some(([known, shape]) => known.test(name) && shape(value));

/** The properties of `SlideInfo` among all that a reader found. The mark of a synthetic slide stays, under its own name where its place is hidden. */
export function shownProperties(
  all: Readonly<Record<string, string>>,
  { identifiers }: Pick<OpenOptions, "identifiers">,
): Readonly<Record<string, string>> {
  if (identifiers) return all;
  const isMarked = Object.values(all).some((value) => value.includes(SYNTHETIC_TITLE));
  const shown = Object.entries(all).filter(isShown);
  return Object.fromEntries(isMarked ? [...shown, ["nacre.synthetic", SYNTHETIC_TITLE]] : shown);
}
