import type { Command } from "commander";
import { action } from "../command.ts";

interface Options {
  readonly method: string;
  readonly config?: string;
  readonly classes?: string;
  readonly label?: string;
  readonly space?: string;
  readonly group?: string;
  readonly out: string;
}

const METHODS = `
Methods: abmil, clam-sb, clam-mb, dsmil, transmil, toad, chief, longnet (the slide encoder of Prov-GigaPath).
Sizes are found from the arrays. Nothing in a file is ever run; its licence stays with its owner.`;

export function register(program: Command): void {
  const command = program
    .command("import <checkpoint>")
    .description(
      "turn a checkpoint you own (.pt, .pth, .safetensors, .npz) into a model.onnx that predicts and explains",
    )
    .requiredOption("--method <name>", "the method that the checkpoint is of")
    .option("--config <json>", "settings that sizes do not tell, such as heads or k_sample")
    .option("--classes <names>", "names of the classes in their order: benign,tumour (several questions: a,b;c,d)")
    .option("--label <name>", "what the classes are of")
    .option("--space <name>", "the encoder of the features, as its bags name it: others are then refused")
    .option("--group <name>", "the dictionary to take, where a file holds several models")
    .requiredOption("--out <onnx>", "the file to write")
    .addHelpText("after", METHODS);
  action(
    command,
    "nacre import dsmil.pt --method dsmil --classes benign,tumour --out imported.onnx",
    async (context, file: string, options: Options) => {
      const { importedText, importModel } = await import("@nacre/pipeline");
      const model = await importModel(file, {
        method: options.method,
        config: options.config ?? null,
        classes: options.classes ?? null,
        label: options.label ?? null,
        space: options.space ?? null,
        group: options.group ?? null,
        out: options.out,
      });
      if (model.space === "unknown")
        context.say("no --space was given: features of any encoder with as many numbers a tile will be taken");
      return { json: model, text: importedText(model) };
    },
  );
}
