/**
 * Values of a DICOM element that stays, by its representation (PS3.5, 6.2): numbers, coded words, words of makers. What a person typed in
 * their place has another shape, or is on no list.
 */

import { isWords } from "../../format/shown-properties.ts";
import { viewOf } from "../../format/tiff-directory.ts";
import { allowedNumber } from "../allowed-number.ts";

/** Room for one number of 64 bits: too short to name anybody. */
const SHORT_ENOUGH = 8;
const MAX_INDICES = 5;
/** Above it the upper byte of a 32-bit number could be a letter; the upper two of a 64-bit one. */
const [MAX_LONG, MAX_VERY_LONG] = [0x8ffffff, 2n ** 48n];

const each =
  (isPlain: (part: string) => boolean) =>
  (bytes: Uint8Array): boolean =>
    Array.from(bytes, (code) => String.fromCharCode(code))
      .join("")
      .split("\\")
      .every((part) => isPlain(part.replace(/[\0 ]+$/, "").trimStart()));

/** Defined terms; no more than four digits in a row, but for the numbers of standards. */
const isTerm = (part: string): boolean =>
  /^[A-Z0-9_ ]{0,16}$/.test(part) && (/^ISO_/.test(part) || !/\d{5}/.test(part));
const isNumber = (part: string): boolean =>
  part === "" || (part.length <= 16 && /^[-+]?\d/.test(part) && allowedNumber(part) !== "");

const PLAIN: Readonly<Record<string, (bytes: Uint8Array) => boolean>> = {
  CS: each(isTerm),
  DS: each((part) => isNumber(part.replace(/^([-+]?)\./, "$10."))),
  IS: each((part) => part === "" || /^[-+]?\d{1,11}$/.test(part)),
  UL: (bytes) => isShort(bytes) || (bytes.length <= MAX_INDICES * 4 && words(bytes).every((word) => word <= MAX_LONG)),
  OV: (bytes) => isShort(bytes) || veryLong(bytes).every((value) => value < MAX_VERY_LONG),
};
const isShort = (bytes: Uint8Array): boolean => bytes.length <= SHORT_ENOUGH;
const words = (bytes: Uint8Array): number[] =>
  Array.from({ length: bytes.length >> 2 }, (_, i) => viewOf(bytes).getUint32(i * 4, true));
const veryLong = (bytes: Uint8Array): bigint[] =>
  Array.from({ length: bytes.length >> 3 }, (_, i) => viewOf(bytes).getBigUint64(i * 8, true));

/** Whether a value is what its representation says, and nothing beside it. */
export const isPlainValue = (vr: string, bytes: Uint8Array): boolean => (PLAIN[vr] ?? isShort)(bytes);

const VENDOR = new Set(
  (
    "unknown anonymous pannoramic scan intellisite ultra fast scanner ufs ufsb dp200 dp600 dp nanozoomer s20 s60 s210 s360 c13220 c13210 c9600 c12000 aperio gt 450 dx at turbo " +
    "versa c scanscope xt cs axio observer apoe vs120 vs200 slideview pixelmed com.pixelmed.convert.tifftodicom wsidicomizer wsidicom highdicom pydicom dcm4che " +
    "gdcm dcmtk orthanc orthancwsidicomizer dicomizer imagej google motic easyscan kfbio grundium ocus glissando objective imaging biosystems diagnostics corp corporation inc ltd gmbh ag digital pathology scanner version"
  ).split(" "),
);

/** Names of makers, models and programs that are known, and versions. */
export const isVendorWord = (text: string): boolean =>
  text.length <= 64 &&
  text.split(/[\s,()/;:]+/).every((word) => word === "" || VENDOR.has(word.toLowerCase()) || isWords(word));

const SCHEMES = ["DCM", "SCT", "SRT", "SNM3", "UCUM"];
/** Standards' codes: DCM 111741, SRT R-102C0, SCT 414298005, UCUM um. */
const CODE = /^([A-Z]\d?-[0-9A-F]{5}|\d{5,9}|[unm]?m|1|\{[a-z]{1,12}\})$/;
const MEANING = new Set(
  (
    "basic application confidentiality profile brightfield darkfield bright dark field illumination epifluorescence fluorescence transmission reflection trans epi phase contrast " +
    "differential interference polarized polarised light microscope microscopy slide glass full spectrum rgb color colour red green blue white filter lens objective condenser " +
    "oblique tungsten halogen lamp led laser specimen tissue section micrometer millimeter micrometre millimetre unknown no of and"
  ).split(" "),
);

/** Whether an item names a code of a standard: what a laboratory made up says where it was made. */
export const isStandardCode = (scheme: string, code: string): boolean => SCHEMES.includes(scheme) && CODE.test(code);

/** Whether a code is told in words of optics and specimens alone. */
export const isPlainMeaning = (text: string): boolean =>
  text.length <= 64 && text.split(/[\s,()-]+/).every((word) => word === "" || MEANING.has(word.toLowerCase()));
