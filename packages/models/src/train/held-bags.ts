/**
 * Bags that stay on the device between epochs. A bag is held when it comes the second time, so that what is drawn anew each time, or read
 * from disk each time, takes no room there.
 */
import type { Device, TensorData } from "@nacre/graph";
import type { Feeds } from "./state.ts";

export interface HeldBags {
  /** The feeds of a bag, its features on the device once they have come twice. Without a device nothing changes. */
  feeds(feeds: Feeds, device: Device | undefined): Promise<Feeds>;
  free(): void;
}

/** Bytes of features on the device, at most. */
const HELD_BYTES = 2 ** 31;

export function holdBags(): HeldBags {
  const seen = new WeakSet<object>();
  const held = new Map<object, TensorData>();
  const frees: (() => void)[] = [];
  let bytes = 0;
  return {
    async feeds(feeds, device) {
      const features = feeds.features;
      if (device === undefined || features === undefined) return feeds;
      const known = held.get(features.data);
      if (known !== undefined) return { ...feeds, features: known };
      const isSeen = seen.has(features.data);
      seen.add(features.data);
      if (!isSeen || bytes + features.data.byteLength > HELD_BYTES) return feeds;
      bytes += features.data.byteLength;
      const there = await device.hold(features);
      held.set(features.data, there);
      frees.push(() => device.free(there));
      return { ...feeds, features: there };
    },
    free() {
      for (const free of frees.splice(0)) free();
      held.clear();
    },
  };
}
