/** How the pixels of an instance are encoded (PS3.5, annex A): what is read, and what is refused by name. */
import { raise } from "@nacre/core";

const BASE = "1.2.840.10008.1.2";

export const SYNTAX = {
  implicit: BASE,
  explicit: `${BASE}.1`,
  rle: `${BASE}.5`,
  jpegBaseline: `${BASE}.4.50`,
  jpegExtended: `${BASE}.4.51`,
  jpeg2000Lossless: `${BASE}.4.90`,
  jpeg2000: `${BASE}.4.91`,
} as const;

/** The coder of frames; "native" is uncompressed. */
export type FrameCodec = "native" | "rle" | "jpeg" | "jpeg2000";

const CODEC: Readonly<Record<string, FrameCodec>> = {
  [SYNTAX.implicit]: "native",
  [SYNTAX.explicit]: "native",
  [SYNTAX.rle]: "rle",
  [SYNTAX.jpegBaseline]: "jpeg",
  [SYNTAX.jpegExtended]: "jpeg",
  [SYNTAX.jpeg2000Lossless]: "jpeg2000",
  [SYNTAX.jpeg2000]: "jpeg2000",
};

const REFUSED: Readonly<Record<string, string>> = {
  [`${BASE}.1.99`]: "deflated explicit little endian",
  [`${BASE}.2`]: "explicit big endian",
  [`${BASE}.4.57`]: "lossless JPEG",
  [`${BASE}.4.70`]: "lossless JPEG",
  [`${BASE}.4.80`]: "JPEG-LS",
  [`${BASE}.4.81`]: "JPEG-LS",
  [`${BASE}.4.92`]: "JPEG 2000 part 2",
  [`${BASE}.4.93`]: "JPEG 2000 part 2",
  [`${BASE}.4.110`]: "JPEG XL",
  [`${BASE}.4.111`]: "JPEG XL",
  [`${BASE}.4.112`]: "JPEG XL",
  [`${BASE}.4.201`]: "HTJ2K",
  [`${BASE}.4.202`]: "HTJ2K",
  [`${BASE}.4.203`]: "HTJ2K",
};

/** The coder of a transfer syntax that was not refused. */
export const codecOf = (uid: string): FrameCodec => CODEC[uid] ?? "native";

/** @throws FailureError `unsupported-codec`, by name, unless frames of this syntax are read */
export function refuseSyntax(uid: string, name: string): void {
  if (uid in CODEC) return;
  raise("unsupported-codec", {
    expected: "DICOM in little endian, with frames uncompressed or in RLE, JPEG or JPEG 2000",
    received: `${REFUSED[uid] ?? "another transfer syntax"} (${uid}) in ${name}`,
    remedy: "rewrite it, for example: dcmconv +te IN OUT, dcmdjpls IN OUT or gdcmconv --j2k IN OUT",
  });
}
