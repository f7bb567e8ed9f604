/** Which of several pictures of one place is read: what the user asked for, else the first channel and time and the middle focal plane. */
import { raise } from "@nacre/core";
import type { Plane, Planes } from "../slide/slide.ts";

/** undefined for a file of one picture. @throws FailureError `out-of-bounds` where the file does not hold the plane */
export function choosePlane(
  held: Omit<Planes, "plane">,
  wanted: Partial<Plane> | undefined,
  name: string,
): Planes | undefined {
  const plane: Plane = {
    channel: wanted?.channel ?? 0,
    focalPlane: wanted?.focalPlane ?? Math.floor(held.focalPlanes / 2),
    time: wanted?.time ?? 0,
  };
  expectIndex("channel", plane.channel, held.channels.length, name);
  expectIndex("focal plane", plane.focalPlane, held.focalPlanes, name);
  expectIndex("time", plane.time, held.times, name);
  return held.channels.length * held.focalPlanes * held.times > 1 ? { ...held, plane } : undefined;
}

function expectIndex(what: string, value: number, n: number, name: string): void {
  if (Number.isInteger(value) && value >= 0 && value < n) return;
  raise("out-of-bounds", {
    expected: `a ${what} from 0 to ${n - 1}`,
    received: `${what} ${value} of ${name}`,
    remedy: "ask for one that the file holds",
  });
}
