/** Settings read from a checkpoint's config, by any of the names that codes of the method give them. */
import { raise } from "@nacre/core";
import type { CheckpointConfig } from "./checkpoint.ts";

/** The first of these settings that is there, or the default. @throws FailureError bad-usage where it is not a number */
export function numberIn(config: CheckpointConfig, names: readonly string[], otherwise: number): number {
  return settingIn(
    config,
    names,
    otherwise,
    (value) => typeof value === "number" && Number.isFinite(value),
    "a number",
  );
}

/** @throws FailureError bad-usage where it is neither true nor false */
export function flagIn(config: CheckpointConfig, names: readonly string[], otherwise: boolean): boolean {
  return settingIn(config, names, otherwise, (value) => typeof value === "boolean", "true or false");
}

/** @throws FailureError bad-usage where it is not a text */
export function textIn(config: CheckpointConfig, names: readonly string[], otherwise: string): string {
  return settingIn(config, names, otherwise, (value) => typeof value === "string", "a text");
}

function settingIn<T>(
  config: CheckpointConfig,
  names: readonly string[],
  otherwise: T,
  holds: (value: unknown) => boolean,
  expected: string,
): T {
  const name = names.find((candidate) => config[candidate] !== undefined && config[candidate] !== null);
  if (name === undefined) return otherwise;
  const value = config[name];
  if (holds(value)) return value as T; // holds() has just checked the type
  return raise("bad-usage", {
    expected: `${expected} for ${name} in the config`,
    received: JSON.stringify(value),
    remedy: `correct it, or leave it out for ${String(otherwise)}`,
  });
}
