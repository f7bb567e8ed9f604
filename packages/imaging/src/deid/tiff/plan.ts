/** What of a TIFF stays: which pictures, and which of their texts in which words. All else goes. */
import type { TiffDirectory } from "../../format/tiff-directory.ts";
import type { TiffPage } from "../../format/tiff-page.ts";

export interface KeptDirectory {
  readonly directory: TiffDirectory;
  readonly page: TiffPage;
  /** "directory 2", "SubIFD 0". */
  readonly where: string;
  /** Texts that stay, by tag, as they may be written. */
  readonly texts: ReadonlyMap<number, string>;
  readonly below: readonly KeptDirectory[];
}

export interface DroppedPicture {
  readonly where: string;
  /** "label", "macro", "picture of 300 x 200 px". */
  readonly what: string;
}

export interface DeidPlan {
  readonly format: string;
  readonly kept: readonly KeptDirectory[];
  readonly dropped: readonly DroppedPicture[];
  /** Texts of an empty picture that must stand first, where a vendor keeps the scale beside the label. */
  readonly blankFirst?: BlankFirst;
}

export interface BlankFirst {
  readonly texts: ReadonlyMap<number, string>;
  /** Where the file already has such an empty picture. */
  readonly stored: KeptDirectory | null;
}

/** What a picture that goes is called. */
export function droppedName(page: TiffPage, lens?: number): string {
  const word = /label|macro|overview|thumbnail|map/i.exec(page.description)?.[0]?.toLowerCase();
  const named = lens === -1 ? "macro" : lens === -2 ? "map" : page.subfileType === 9 ? "macro" : word;
  return `${named ?? "picture"} of ${page.width} x ${page.height} px`;
}

/** Whether a picture calls itself something that shows the label of the glass. */
export const isNamedAside = (page: TiffPage): boolean =>
  /label|macro|overview/i.test(page.description) || page.subfileType === 9;

/** Sides of the empty picture. */
export const BLANK_SIDE = 16;

/** Whether a picture has the size and the coding of the empty one; its pixels are looked at later. */
export const isBlank = (i: number, page: TiffPage): boolean =>
  i === 0 && page.width === BLANK_SIDE && page.height === BLANK_SIDE && page.isTiled && page.compression === 1;
