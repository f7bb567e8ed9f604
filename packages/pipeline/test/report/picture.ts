/** Small pictures for the report fixture: a PNG writer of thirty lines and tissue drawn from a seed. */
import { crc32, deflateSync } from "node:zlib";
import { randomStream } from "@nacre/core";

export type Paint = (x: number, y: number) => readonly [number, number, number];

/** A picture as a data URL, painted pixel by pixel. */
export function png(width: number, height: number, paint: Paint): string {
  const raw = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) raw.set(paint(x, y).map(Math.round), y * (1 + width * 3) + 1 + x * 3);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const bytes = Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(raw)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${bytes.toString("base64")}`;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** How deep inside the tissue of a slide a place lies, negative outside; frame 0 to 1. */
export function depth(name: string): (x: number, y: number) => number {
  const random = randomStream(11, name);
  const blobs = Array.from({ length: 4 }, () => ({
    x: 0.25 + random.uniform() * 0.5,
    y: 0.3 + random.uniform() * 0.4,
    r: 0.12 + random.uniform() * 0.16,
  }));
  return (x, y) => Math.max(...blobs.map((b) => b.r - Math.hypot(x - b.x, (y - b.y) * 0.8)));
}

/** Pink tissue on white, 64 by 48 pixels. */
export function thumbnail(name: string, width = 64, height = 48): string {
  const inside = depth(name);
  return png(width, height, (x, y) => {
    const d = inside(x / width, y / height);
    return d > 0 ? [226 - d * 160, 160 - d * 220, 200 - d * 60] : [245, 244, 246];
  });
}
