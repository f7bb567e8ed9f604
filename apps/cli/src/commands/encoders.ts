import type { Command } from "commander";
import { action } from "../command.ts";
import { table } from "../text-table.ts";

export function register(program: Command): void {
  const command = program.command("encoders").description("list the encoders that are built in, and how to add one");
  action(command, "nacre encoders", async () => {
    const { encoders } = await import("@nacre/features");
    const list = encoders();
    const rows = list.map((e) => [
      e.name,
      String(e.dim),
      e.size === null ? "any" : String(e.size),
      e.mpp === null ? "any" : String(e.mpp),
      e.licence,
      e.notes ?? "",
    ]);
    return {
      json: { encoders: list },
      text: `${table(["name", "features", "tile px", "mpp", "licence", "notes"], rows)}\nAny folder with encoder.json and an ONNX file is an encoder too: --encoder FOLDER (docs/encoder-contract.md).`,
    };
  });
}
