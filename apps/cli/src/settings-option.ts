/** `--set name=value`: options of a method by their names in the library, as often as needed. */
import { raise } from "@nacre/core";
import type { Command } from "commander";

export type Settings = Readonly<Record<string, number | boolean>>;

export function settingsOption(command: Command, what: string): Command {
  const gather = (text: string, before: readonly string[]): string[] => [...before, text];
  return command.option("--set <name=value>", `an option of ${what}; may be given again`, gather, []);
}

/** Numbers, true and false by name. @throws FailureError bad-usage */
export function settingsFrom(texts: readonly string[]): Settings {
  return Object.fromEntries(
    texts.map((text): [string, number | boolean] => {
      const [, name = "", value = ""] = /^([A-Za-z][A-Za-z0-9]*)=(.+)$/.exec(text) ?? [];
      if (value === "true" || value === "false") return [name, value === "true"];
      if (name !== "" && value.trim() !== "" && Number.isFinite(Number(value))) return [name, Number(value)];
      return raise("bad-usage", {
        expected: "--set name=value with a number, true or false",
        received: text,
        remedy: "write it like --set epochs=50",
      });
    }),
  );
}
