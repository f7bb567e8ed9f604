/** Places for secrets in a CZI: its XML, spare bytes of segments and entries, segments that nothing points at. For tests only. */
import type { Random } from "@nacre/core";
import { type Hidden, plantXml, roomFor } from "./hidden.ts";

/** Of the place of the metadata in the file header. */
const METADATA = 32 + 60;

/** @throws where the file is too broken to have such a place */
export function plantCzi(bytes: Buffer, secret: Hidden, chance: Random): Buffer {
  const kind = chance.below(4);
  if (kind === 0) return Buffer.concat([bytes, segment("DELETED", secret.bytes)]);
  if (kind === 1) return Buffer.concat([bytes, secret.bytes]);
  if (kind === 2) {
    const at = roomFor(bytes, secret.bytes.length, chance);
    if (at < 0) throw new RangeError("expected zeros");
    secret.bytes.copy(bytes, at + 1);
    return bytes;
  }
  const at = Number(bytes.readBigInt64LE(METADATA));
  const xml = bytes.toString("utf8", at + 32 + 256, at + 32 + 256 + bytes.readInt32LE(at + 32));
  const after = Buffer.from(plantXml(xml, secret, chance));
  const head = Buffer.alloc(256);
  head.writeInt32LE(after.length, 0);
  const out = Buffer.concat([bytes, segment("ZISRAWMETADATA", Buffer.concat([head, after]))]);
  out.writeBigInt64LE(BigInt(bytes.length), METADATA);
  return out;
}

function segment(name: string, body: Buffer): Buffer {
  const out = Buffer.alloc(32 + Math.ceil(body.length / 32) * 32);
  out.write(name, 0, "latin1");
  out.writeBigInt64LE(BigInt(out.length - 32), 16);
  out.writeBigInt64LE(BigInt(body.length), 24);
  body.copy(out, 32);
  return out;
}
