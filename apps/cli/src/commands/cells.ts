import { raise } from "@nacre/core";
import type { Command } from "commander";
import { action } from "../command.ts";
import { eachFile, refuseSameNames, slidesAmong } from "../each-file.ts";
import { mppOption, numberOption } from "../number-option.ts";

interface CellCommandOptions {
  readonly kind: string;
  readonly mpp?: string;
  readonly out?: string;
  readonly crops?: string;
  readonly region?: string;
}

export function register(program: Command): void {
  const command = program
    .command("cells <files...>")
    .description("count nuclei of H&E, or the cells of a blood smear; with --out also write their outlines as GeoJSON")
    .option("--kind <kind>", "nuclei | blood", "nuclei")
    .option("--region <x,y,width,height>", "look only there (level-0 pixels)")
    .option("--mpp <n>", "scale to use where a file has none")
    .option("--out <dir>", "write <slide>.cells.geojson here")
    .option("--crops <px>", "also write one picture of this size for each nucleus or white cell (needs --out)");
  action(
    command,
    "nacre cells nacre-demo/slides/site-a-001.svs",
    async (context, paths: string[], options: CellCommandOptions) => {
      const files = await slidesAmong(paths, context.signal);
      if (options.out !== undefined) refuseSameNames(files);
      const { kind } = options;
      if (kind !== "nuclei" && kind !== "blood") return raise("bad-usage", wrongKind(kind));
      const { findCellsInFile } = await import("@nacre/pipeline");
      const settings = {
        kind,
        fill: mppOption(options.mpp),
        region: options.region === undefined ? null : regionOf(options.region),
        out: options.out ?? null,
        crops:
          options.crops === undefined
            ? null
            : numberOption(options.crops, "--crops", { least: 8, most: 1024, whole: true }),
        signal: context.signal,
      } as const;
      return eachFile(files, context, async (file) => {
        const cells = await findCellsInFile(file, settings);
        if (!cells.ok) return cells;
        const counts = Object.entries(cells.value.counts).map(([name, n]) => `${n} ${name}`);
        return { ok: true, value: { json: cells.value, line: counts.join(", ") || "no cells" } };
      });
    },
  );
}

const wrongKind = (kind: string) => ({
  expected: "--kind nuclei or --kind blood",
  received: `--kind ${kind}`,
  remedy: "leave it out for nuclei of an H&E section",
});

function regionOf(text: string) {
  const [x, y, width, height, more] = text.split(",").map(Number);
  const isRegion = [x, y, width, height].every(Number.isFinite) && more === undefined;
  if (!isRegion || !((width as number) > 0 && (height as number) > 0)) {
    return raise("bad-usage", {
      expected: "--region x,y,width,height in level-0 pixels",
      received: `--region ${text}`,
      remedy: "for example --region 2000,2000,1024,1024",
    });
  }
  return { x: x as number, y: y as number, width: width as number, height: height as number };
}
