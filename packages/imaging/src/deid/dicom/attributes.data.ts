/**
 * What becomes of the attributes of a VL Whole Slide Microscopy instance: the basic profile of PS3.15, annex E, turned into an
 * allow-list. What stands in no list goes, whether the profile names it or not; so do private attributes. What the image
 * module (PS3.3, A.32.8) demands and the profile forbids is emptied or replaced by a dummy.
 */

/** keep: numbers and defined terms; vendor: maker, model, software by known words; code, meaning: of a standard's coding scheme alone; uid, id: replaced, equal ones by equal ones; name: kept where it is short; empty, date, time, moment: as named; items: a sequence, entered. */
export type AttributeAction = "keep" | "vendor" | "code" | "meaning" | "uid" | "id" | "name" | "empty" | "date" | "time" | "moment" | "icc" | "items" | "none";

export interface AttributeRule {
  readonly vr: string;
  readonly action: AttributeAction;
}

const rules = (vr: string, action: AttributeAction, ...tags: readonly number[]): [number, AttributeRule][] =>
  tags.map((tag) => [tag, { vr, action }]);

export const ATTRIBUTES: ReadonlyMap<number, AttributeRule> = new Map([
  // identity of the objects
  ...rules("UI", "uid", 0x00080016, 0x00080018, 0x00080019, 0x0020000d, 0x0020000e, 0x00200052, 0x00209161, 0x00209164, 0x00200242, 0x00400554),
  ...rules("CS", "keep", 0x00080005, 0x00080008, 0x00080060, 0x00089007, 0x00089205, 0x00089206, 0x00089207),
  ...rules("LO", "vendor", 0x00080070, 0x00081090, 0x00181020),
  // people, places and times
  ...rules("PN", "empty", 0x00080090, 0x00100010),
  ...rules("LO", "empty", 0x00100020),
  ...rules("DA", "empty", 0x00080020, 0x00100030),
  ...rules("TM", "empty", 0x00080030),
  ...rules("SH", "empty", 0x00080050, 0x00200010),
  ...rules("CS", "empty", 0x00100040),
  ...rules("LO", "empty", 0x00201040),
  ...rules("DA", "date", 0x00080023),
  ...rules("TM", "time", 0x00080033),
  ...rules("DT", "moment", 0x0008002a),
  ...rules("LO", "id", 0x00181000, 0x00400512, 0x00400551),
  ...rules("SQ", "none", 0x00400513, 0x00400555, 0x00400562, 0x00400610),
  // order and places of frames
  ...rules("IS", "keep", 0x00200011, 0x00200013, 0x00280008),
  ...rules("US", "keep", 0x00209162, 0x00209163),
  ...rules("UL", "keep", 0x00209228, 0x00209157),
  ...rules("AT", "keep", 0x00209165, 0x00209167),
  ...rules("CS", "keep", 0x00209311),
  ...rules("SQ", "items", 0x00209111, 0x00209221, 0x00209222, 0x52009229, 0x52009230),
  // pixels
  ...rules("US", "keep", 0x00280002, 0x00280006, 0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102, 0x00280103),
  ...rules("CS", "keep", 0x00280004, 0x00280301, 0x00282002, 0x00282110, 0x00282114, 0x20500020),
  ...rules("DS", "keep", 0x00280030, 0x00282112, 0x00281052, 0x00281053, 0x00180050, 0x00180088),
  ...rules("OB", "icc", 0x00282000),
  ...rules("SQ", "items", 0x00289110, 0x00289145),
  ...rules("OV", "keep", 0x7fe00001, 0x7fe00002),
  // the slide and its optics
  ...rules("SQ", "items", 0x00400518, 0x00400560, 0x00400710, 0x00220016, 0x00220017, 0x00220018, 0x00220019),
  ...rules("DS", "keep", 0x0040072a, 0x0040073a, 0x0040074a),
  ...rules("FL", "keep", 0x00480001, 0x00480002, 0x00480003, 0x00480014, 0x00220055),
  ...rules("UL", "keep", 0x00480006, 0x00480007, 0x00480303),
  ...rules("US", "keep", 0x00480013, 0x00480015),
  ...rules("CS", "keep", 0x00480010, 0x00480011, 0x00480012),
  ...rules("SQ", "items", 0x00480008, 0x00480105, 0x00480108, 0x00480207, 0x0048021a),
  ...rules("DS", "keep", 0x00480102, 0x00480111, 0x00480112, 0x00480113),
  ...rules("SH", "name", 0x00480106),
  ...rules("SL", "keep", 0x0048021e, 0x0048021f),
  // coded words inside sequences
  ...rules("SH", "code", 0x00080100, 0x00080102, 0x00080103),
  ...rules("LO", "meaning", 0x00080104),
]);

/** Coded words stand inside sequences alone. */
export const CODES: readonly number[] = [0x00080100, 0x00080102, 0x00080103, 0x00080104];

/** "(0010,0010)". */
export const attributeName = (tag: number): string =>
  `(${Math.floor(tag / 65536).toString(16).padStart(4, "0")},${(tag % 65536).toString(16).padStart(4, "0")})`;
