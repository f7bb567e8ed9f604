/** JPEG streams of tiles, one encoder a sampling; tiles of one colour are encoded once. */
import { type JpegEncoder, openJpegEncoder, type Sampling } from "./jpeg-encoder.ts";

export interface TileEncoder {
  /** RGB [height, width, 3] → a complete baseline stream in YCbCr. */
  encode(rgb: Uint8Array, width: number, height: number, sampling: Sampling): Promise<Uint8Array>;
  close(): void;
}

export function openTileEncoder(quality: number): TileEncoder {
  const encoders = new Map<Sampling, Promise<JpegEncoder>>();
  const plain = new Map<string, Uint8Array>();
  const opened: JpegEncoder[] = [];
  const encoderOf = (sampling: Sampling): Promise<JpegEncoder> => {
    let encoder = encoders.get(sampling);
    encoder ??= openJpegEncoder(quality, sampling).then((open) => {
      opened.push(open);
      return open;
    });
    encoders.set(sampling, encoder);
    return encoder;
  };
  return {
    async encode(rgb, width, height, sampling) {
      const key = isPlain(rgb) ? `${sampling},${width},${height},${rgb[0]},${rgb[1]},${rgb[2]}` : null;
      const known = key === null ? undefined : plain.get(key);
      if (known) return known;
      const encoder = await encoderOf(sampling);
      const stream = await encoder.encode(rgb, width, height);
      if (key !== null && plain.size < MOST_PLAIN) plain.set(key, stream);
      return stream;
    },
    close() {
      for (const encoder of opened) encoder.close();
    },
  };
}

const MOST_PLAIN = 64;

/** Whether each pixel is the one before it. */
const isPlain = (rgb: Uint8Array): boolean => Buffer.compare(rgb.subarray(3), rgb.subarray(0, -3)) === 0;
