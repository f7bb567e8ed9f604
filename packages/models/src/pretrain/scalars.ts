/** Numbers of a step as feeds. */
import type { TensorData } from "@nacre/graph";

export function scalarFeed(value: number): TensorData {
  return { data: Float32Array.of(value), dims: [] };
}

export function scalarFeeds(values: Readonly<Record<string, number>>): Record<string, TensorData> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, scalarFeed(value)]));
}
