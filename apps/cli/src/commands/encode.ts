import type { Command } from "commander";
import { action } from "../command.ts";
import { eachFile, refuseSameNames, slidesAmong } from "../each-file.ts";
import { mppOption } from "../number-option.ts";
import { type TileOptions, tileOptions, tilesFrom } from "../tile-options.ts";

export function register(program: Command): void {
  const command = tileOptions(
    program.command("encode <files...>").description("slides to feature files (HDF5, TRIDENT layout)"),
  )
    .option("--encoder <name>", "a built-in encoder, or a folder with encoder.json and an ONNX file", "texture")
    .requiredOption("--out <dir>", "folder for <slide>.h5");
  action(
    command,
    "nacre encode nacre-demo/slides/site-a-001.svs --encoder texture --out features",
    async (context, paths: string[], options: TileOptions & { encoder: string; out: string }) => {
      const files = await slidesAmong(paths, context.signal);
      refuseSameNames(files);
      const { encodeFiles } = await import("@nacre/pipeline");
      const encode = await encodeFiles({
        encoder: options.encoder,
        out: options.out,
        tiles: tilesFrom(options),
        fill: mppOption(options.mpp),
        signal: context.signal,
        progress: context.progress,
      });
      try {
        return await eachFile(files, context, async (file) => {
          const encoded = await encode.file(file);
          if (!encoded.ok) return encoded;
          const e = encoded.value;
          return { ok: true, value: { json: e, line: `${e.tiles} tiles x ${e.d} features in ${e.output}` } };
        });
      } finally {
        await encode.close();
      }
    },
  );
}
