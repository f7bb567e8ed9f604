/** A decoder proves itself on one small picture before it touches a slide: right library, right signatures, right colours. */
import type { JpegCodec } from "./codec.ts";
import { jpegFrame } from "./jpeg-stream.ts";
import { SELF_TEST } from "./self-test.data.ts";

/** @throws Error when the codec does not give the known pixels, whole and in part */
export function selfTest(codec: JpegCodec): void {
  const stream = Uint8Array.from(atob(SELF_TEST.jpeg), (letter) => letter.charCodeAt(0));
  const frame = jpegFrame(stream);
  const { width, height } = frame;
  for (const crop of [
    { x: 0, y: 0, width, height },
    { x: 5, y: 3, width: 17, height: 11 },
  ]) {
    const data = new Uint8Array(crop.width * crop.height * 3);
    codec.decode(stream, frame, crop, { data, offset: 0, pitch: crop.width * 3 });
    const sum = checksum(data);
    const wanted = crop.width === width ? SELF_TEST.whole : SELF_TEST.part;
    if (sum !== wanted) throw new Error(`self-test: other pixels than libjpeg-turbo's (${sum}, not ${wanted})`);
  }
}

/** FNV-1a over the pixels. */
export function checksum(data: Uint8Array): number {
  let h = 0x811c9dc5;
  for (const byte of data) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}
