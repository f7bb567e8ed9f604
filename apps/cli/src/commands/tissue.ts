import { join } from "node:path";
import { raise } from "@nacre/core";
import type { Command } from "commander";
import { action } from "../command.ts";
import { eachFile, refuseSameNames, slidesAmong } from "../each-file.ts";
import { mppOption } from "../number-option.ts";

interface TissueCommandOptions {
  readonly mpp?: string;
  readonly out?: string;
  readonly quality?: boolean;
  readonly overlay?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command("tissue <files...>")
    .description("find tissue; with --out also write its outlines as GeoJSON that QuPath opens")
    .option("--mpp <n>", "scale to use where a file has none")
    .option("--out <dir>", "write <slide>.geojson here")
    .option("--quality", "also check focus, pen, folds, bubbles, dust and blank tissue")
    .option("--overlay", "with --quality and --out: draw what was found into <slide>.quality.png");
  action(
    command,
    "nacre tissue nacre-demo/slides/site-a-001.svs",
    async (context, paths: string[], options: TissueCommandOptions) => {
      const files = await slidesAmong(paths, context.signal);
      if (options.out !== undefined) refuseSameNames(files);
      if (options.overlay === true && (options.quality !== true || options.out === undefined)) {
        return raise("bad-usage", {
          expected: "--overlay together with --quality and --out",
          received: "--overlay alone",
          remedy: "for example nacre tissue a.svs --quality --overlay --out checked",
        });
      }
      const { fillScale, findTissueInFile, nameOf, qualityText, slideQuality } = await import("@nacre/pipeline");
      const fill = mppOption(options.mpp);
      return eachFile(files, context, async (file) => {
        const tissue = await findTissueInFile(file, { fill, out: options.out ?? null, signal: context.signal });
        if (!tissue.ok) return tissue;
        const t = tissue.value;
        const overlay = options.overlay === true ? join(options.out as string, `${nameOf(file)}.quality.png`) : null;
        const given = await fillScale(file, fill);
        const checked =
          options.quality === true ? await slideQuality(file, { given, overlay, signal: context.signal }) : null;
        if (checked !== null && !checked.ok) return checked;
        const quality = checked === null ? {} : { quality: checked.value };
        const said = checked === null ? "" : `, quality: ${qualityText(checked.value)}`;
        return {
          ok: true,
          value: {
            json: { ...t, ...quality },
            line: `${t.areaMm2.toFixed(2)} mm2 of tissue, ${(t.fraction * 100).toFixed(1)} % of the slide, pen ${(t.penFraction * 100).toFixed(1)} %${said}`,
          },
        };
      });
    },
  );
}
