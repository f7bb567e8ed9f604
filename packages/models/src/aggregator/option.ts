/** Options of an aggregator: a table that states default, bounds and meaning, and the reader that checks a study against it. */
import { fail, nearestName, type Outcome, ok } from "@nacre/core";

export interface NumberOption {
  readonly kind: "number" | "integer";
  readonly default: number;
  /** Both ends included. */
  readonly min: number;
  readonly max: number;
  readonly meaning: string;
}

export interface FlagOption {
  readonly kind: "flag";
  readonly default: boolean;
  readonly meaning: string;
}

export type OptionTable = Readonly<Record<string, NumberOption | FlagOption>>;

/** The values that belong to a table. */
export type OptionValues<T extends OptionTable = OptionTable> = {
  readonly [K in keyof T]: T[K] extends FlagOption ? boolean : T[K] extends NumberOption ? number : number | boolean;
};

type Limits = Pick<NumberOption, "min" | "max">;

export function integerOption(value: number, limits: Limits, meaning: string): NumberOption {
  return { kind: "integer", default: value, ...limits, meaning };
}

export function numberOption(value: number, limits: Limits, meaning: string): NumberOption {
  return { kind: "number", default: value, ...limits, meaning };
}

export function flagOption(value: boolean, meaning: string): FlagOption {
  return { kind: "flag", default: value, meaning };
}

/**
 * Defaults filled in by what the user gave. `owner` names the aggregator in messages.
 * Fails with `bad-study`: an unknown option (naming the nearest known one), a value of another type or out of bounds.
 */
export function readOptions<T extends OptionTable>(
  table: T,
  given: Readonly<Record<string, unknown>>,
  owner: string,
): Outcome<OptionValues<T>> {
  const values: Record<string, number | boolean> = {};
  for (const [name, option] of Object.entries(table)) values[name] = option.default;
  for (const [name, value] of Object.entries(given)) {
    const option = Object.hasOwn(table, name) ? table[name] : undefined;
    if (option === undefined) return unknownOption(Object.keys(table), name, owner);
    const problem = complaint(option, value);
    if (problem !== null) {
      return fail("bad-study", {
        expected: `${problem} for option ${name} of ${owner}`,
        received: JSON.stringify(value) ?? String(value),
        remedy: `correct it, or leave it out for the default, ${option.default}`,
      });
    }
    values[name] = value as number | boolean; // complaint() has just checked the type
  }
  return ok(values as OptionValues<T>);
}

function unknownOption(known: readonly string[], name: string, owner: string) {
  return fail("bad-study", {
    expected:
      known.length === 0 ? `no options for ${owner}, which has none` : `an option of ${owner}: ${known.join(", ")}`,
    received: name,
    remedy: guess(name, known),
  });
}

/** What to do about a name that is not known. */
export function guess(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  return near === null ? "use a name of this list, or leave it out" : `did you mean ${near}`;
}

function complaint(option: NumberOption | FlagOption, value: unknown): string | null {
  switch (option.kind) {
    case "flag":
      return typeof value === "boolean" ? null : "true or false";
    case "integer":
      return Number.isInteger(value) && within(value, option) ? null : `a whole number ${range(option)}`;
    case "number":
      return within(value, option) ? null : `a number ${range(option)}`;
  }
}

function within(value: unknown, { min, max }: Limits): boolean {
  return typeof value === "number" && value >= min && value <= max;
}

function range({ min, max }: Limits): string {
  return `from ${min} to ${max}`;
}
