/**
 * Puts a person's values into the fields of a draft. A value that the person changed is his; one that he left as the machine wrote it
 * stays the machine's until he confirms it.
 */
import type { DraftField } from "@nacre/api";
import { nearestName } from "@nacre/core";
import { refuse } from "../serve/refuse.ts";

type Value = DraftField["value"];

export interface Written {
  readonly values: Readonly<Record<string, Value>>;
  /** Fields whose machine value the person has read and takes as his own. */
  readonly confirmed: readonly string[];
}

/** @throws ApiRefusal bad-request for a field that is not there, or a value that its kind or its choices forbid */
export function writeValues(fields: readonly DraftField[], { values, confirmed }: Written): DraftField[] {
  const names = fields.map(({ name }) => name);
  for (const name of [...Object.keys(values), ...confirmed]) if (!names.includes(name)) refuseName(name, names);
  const takes = new Set(confirmed);
  return fields.map((field) => {
    const value = Object.hasOwn(values, field.name) ? tidy(values[field.name] ?? null) : field.value;
    if (value !== field.value)
      return { ...field, value: checked(field, value), origin: value === null ? "empty" : "person", evidence: null };
    // The evidence stays beside what was confirmed: it says where the value came from.
    return takes.has(field.name) && field.origin === "machine" ? { ...field, origin: "person" } : field;
  });
}

/** Fields that hold what a machine wrote and nobody confirmed. */
export function unreadFields(fields: readonly DraftField[]): DraftField[] {
  return fields.filter(({ origin }) => origin === "machine");
}

function tidy(value: Value): Value {
  return typeof value === "string" && value.trim() === "" ? null : value;
}

function checked(field: DraftField, value: Value): Value {
  if (value === null) return null;
  const { title, kind, choices } = field;
  const wanted = { choice: "string", text: "string", number: "number", flag: "boolean" }[kind];
  const isChoice = kind !== "choice" || (choices ?? []).includes(String(value));
  const isInRange = typeof value !== "number" || numberFits(field, value);
  if (typeof value === wanted && isChoice && isInRange && !hasUnstorable(value)) return value;
  return refuse("bad-request", {
    expected: `${title}: ${wantedOf(field, wanted)}`,
    received: typeof value === "string" ? `"${value.slice(0, 60)}"` : String(value),
    remedy: "correct the value, or leave the field empty",
  });
}

/** Numbers of a report are counts, lengths and shares. */
function numberFits({ unit, most }: DraftField, value: number): boolean {
  return value >= 0 && value <= (most ?? Number.MAX_SAFE_INTEGER) && (unit !== null || Number.isInteger(value));
}

function wantedOf({ kind, choices, unit, most }: DraftField, wanted: string): string {
  if (kind === "choice") return `one of ${(choices ?? []).join(", ")}`;
  if (kind !== "number") return `a ${wanted}`;
  return `${unit === null ? "a whole number" : "a number"} ${most === undefined ? "of 0 or more" : `from 0 to ${most}`}`;
}

/** Half a character and the zero letter are what no database keeps. */
function hasUnstorable(value: Value): boolean {
  return typeof value === "string" && (value.includes("\u0000") || /\p{Surrogate}/u.test(value));
}

function refuseName(name: string, names: readonly string[]): never {
  const near = nearestName(name, names);
  return refuse("bad-request", {
    expected: `a field of the draft: ${names.join(", ")}`,
    received: name.slice(0, 80),
    remedy: near === null ? "leave it out" : `write ${near}`,
  });
}
