import type { Rect } from "@nacre/core";

export function overlap(a: Rect, b: Rect): number;
export function matches(known: readonly Rect[], found: readonly Rect[], least: number): number;
