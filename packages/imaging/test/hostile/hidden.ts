/** A secret, and how it is put into XML, into a coded picture, into bytes that nothing uses. For tests only. */
import type { Random } from "@nacre/core";

/** A secret as it may stand in a file. */
export interface Hidden {
  readonly text: string;
  readonly bytes: Buffer;
}

/** XML with a secret as a value, a text, an attribute, an element, a comment or CDATA more. */
export function plantXml(xml: string, { text }: Hidden, chance: Random): string {
  const pick = (pattern: RegExp): RegExpExecArray | undefined => {
    const all = [...xml.matchAll(pattern)];
    return all[chance.below(Math.max(1, all.length))];
  };
  const put = (at: number, remove: number, insert: string): string =>
    xml.slice(0, at) + insert + xml.slice(at + remove);
  const kind = chance.below(7);
  const value = pick(/="([^"]*)"/g);
  if (value && kind === 0) return put(value.index + 2, value[1]?.length ?? 0, text);
  // behind a value that may stay
  if (value && kind === 1) return put(value.index + 2 + (value[1]?.length ?? 0), 0, ` ${text}`);
  const inner = pick(/>([^<>]+)</g);
  if (inner && kind === 2) return put(inner.index + 1, inner[1]?.length ?? 0, text);
  const open = pick(/<[\w:]+(?=[\s>/])/g);
  if (!open) return xml;
  const behind = open.index + open[0].length;
  if (kind === 3)
    return put(behind, 0, ` ${["Name", "UUID", "barcode", "ID", "Description"][chance.below(5)]}="${text}"`);
  const end = xml.indexOf(">", behind);
  if (end < 0 || xml[end - 1] === "/") return put(behind, 0, ` Name="${text}"`);
  const more = [`<Description>${text}</Description>`, `<!-- ${text} -->`, `<![CDATA[${text}]]>`, text];
  return put(end + 1, 0, more[chance.below(more.length)] as string);
}

/** The place of a run of zeros that has room for so many bytes, or -1. */
export function roomFor(bytes: Buffer, length: number, chance: Random): number {
  const from = chance.below(bytes.length);
  const at = bytes.indexOf(Buffer.alloc(length + 2), from);
  return at < 0 ? bytes.indexOf(Buffer.alloc(length + 2)) : at;
}

/** A coded picture with a secret beside its pixels. */
export function coded(block: Buffer, secret: Hidden, chance: Random): Buffer {
  const behind = Buffer.concat([block, secret.bytes]);
  const mark = block.length > 4 ? block.readUInt16BE(0) : 0;
  if (chance.below(2) === 0 || (mark !== 0xffd8 && mark !== 0xff4f)) return behind;
  const length = Buffer.alloc(2);
  if (mark === 0xffd8) {
    length.writeUInt16BE(secret.bytes.length + 2);
    const code = [0xfe, 0xe0, 0xe1, 0xe2, 0xed, 0xee, 0xef][chance.below(7)] as number;
    return Buffer.concat([block.subarray(0, 2), Buffer.from([0xff, code]), length, secret.bytes, block.subarray(2)]);
  }
  length.writeUInt16BE(secret.bytes.length + 4);
  const at = 4 + block.readUInt16BE(4);
  const comment = Buffer.concat([Buffer.from([0xff, 0x64]), length, Buffer.from([0, 1]), secret.bytes]);
  return Buffer.concat([block.subarray(0, at), comment, block.subarray(at)]);
}
