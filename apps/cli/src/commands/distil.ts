import { raise, unwrap } from "@nacre/core";
import type { Command } from "commander";
import { action } from "../command.ts";
import { numberOption } from "../number-option.ts";
import { settingsFrom, settingsOption } from "../settings-option.ts";

interface Options {
  teacher: string[];
  weight?: string[];
  only?: string;
  size: string;
  set: string[];
  out: string;
}

export function register(program: Command): void {
  const command = settingsOption(
    program
      .command("distil <tiles>")
      .description("several encoders into one small ONNX encoder, from a folder of tile images")
      .requiredOption("--teacher <encoders...>", "encoders to learn from: built-in names or folders")
      .option("--weight <numbers...>", "share of each teacher in the loss, in the same order (default: equal)")
      .option("--only <list>", "text file of images to learn from, one a line: the train part")
      .option("--size <n>", "side of a tile in pixels, a multiple of 32", "224"),
    "the distillation",
  ).requiredOption("--out <dir>", "folder of the student: model.onnx and encoder.json");
  action(
    command,
    "nacre distil tiles --teacher texture --set epochs=2 --out student",
    async (context, tiles: string, given: Options) => {
      const weights = (given.weight ?? given.teacher.map(() => "1")).map((text) =>
        numberOption(text, "--weight", { least: 1e-6, most: 1e6 }),
      );
      if (weights.length !== given.teacher.length) {
        raise("bad-usage", {
          expected: `${given.teacher.length} numbers after --weight, one a teacher`,
          received: String(weights.length),
          remedy: "give one for each, or none",
        });
      }
      const { distilTiles } = await import("@nacre/pipeline");
      const made = unwrap(
        await distilTiles({
          tiles,
          only: given.only ?? null,
          teachers: given.teacher.map((encoder, t) => ({ encoder, weight: weights[t] as number })),
          size: numberOption(given.size, "--size", { least: 32, most: 4096, whole: true }),
          out: given.out,
          settings: settingsFrom(given.set),
          signal: context.signal,
          progress: context.progress,
        }),
      );
      const agreement = made.agreement.map(
        ({ teacher, cosine }) => `${teacher} ${cosine?.toFixed(3) ?? "not measured"}`,
      );
      const text = [
        `${made.name}: ${made.parameters} weights, ${made.dim} features, from ${made.tiles} tiles`,
        `cosine with each teacher on tiles kept aside: ${agreement.join(", ")}`,
        `written to ${made.out}; use it with nacre encode --encoder ${made.out}`,
      ].join("\n");
      return { json: made, text };
    },
  );
}
