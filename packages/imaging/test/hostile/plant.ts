/**
 * Hides secrets in a slide where a scanner, a laboratory or a person may leave them: texts, XML, coded blocks, elements, attached files, further
 * pictures, bytes that nothing points at. Never among pixels, which stay. Seeded, so that each file can be made again. For tests only.
 */
import type { Random } from "@nacre/core";
import { SECRETS } from "../deid/planted.ts";
import type { BaseSlide } from "./base-slides.ts";
import type { Hidden } from "./hidden.ts";
import { plantCzi } from "./plant-czi.ts";
import { plantDicom } from "./plant-dicom.ts";
import { endOfBlocks, plantTiff } from "./plant-tiff.ts";

/** Whether the de-identifier serves a format, by the name of its slide among the base slides. */
export const hasDeid = ({ main }: BaseSlide): boolean => /\.(tiff?|svs|ndpi|scn|bif|czi|dcm)$/.test(main);

/** Larger than any block of the base slides. */
const MARGIN = 2 ** 14;
const MOST_MARGIN = 2 ** 22;

/** The same slide with one to four secrets in it, if only behind its end. `isSound`: nothing in it was changed before. */
export function plant(base: BaseSlide, isSound: boolean, chance: Random): BaseSlide {
  const own = Buffer.from(base.files.get(base.main) as Uint8Array);
  // blocks of a changed file may reach, or lie, behind its end: what is put there would be pixels
  const margin = isSound ? 0 : Math.max(MARGIN, endOfBlocks(own) - own.length);
  if (margin > MOST_MARGIN) return base;
  let bytes: Buffer = Buffer.concat([own, Buffer.alloc(margin)]);
  for (let i = 1 + chance.below(4); i > 0; i--) bytes = hide(bytes, chance);
  return { ...base, files: new Map([...base.files, [base.main, new Uint8Array(bytes)]]) };
}

function hide(bytes: Buffer, chance: Random): Buffer {
  const secret = secretOf(chance);
  try {
    if (bytes.toString("latin1", 128, 132) === "DICM") return plantDicom(bytes, secret, chance);
    if (bytes.toString("latin1", 0, 10) === "ZISRAWFILE") return plantCzi(bytes, secret, chance);
    return plantTiff(bytes, secret, chance);
  } catch {
    // a file that is broken already has no such place
    return Buffer.concat([bytes, secret.bytes]);
  }
}

function secretOf(chance: Random): Hidden {
  const plain = SECRETS[chance.below(SECRETS.length)] as string;
  const utf16 = Buffer.from(plain, "utf16le");
  switch (chance.below(8)) {
    case 0:
      return { text: plain, bytes: utf16 };
    case 1:
      return { text: plain, bytes: utf16.swap16() };
    case 2: {
      const text = Buffer.from(plain).toString("base64");
      return { text, bytes: Buffer.from(text) };
    }
    case 3:
      return { text: plain.toLowerCase(), bytes: Buffer.from(plain.toLowerCase()) };
    default:
      return { text: plain, bytes: Buffer.from(plain) };
  }
}
