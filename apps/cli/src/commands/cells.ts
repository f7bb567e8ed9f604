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
      if (options.crops !== undefined && options.out === undefined) return raise("bad-usage", nowhere(options.crops));
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
        return { ok: true, value: { json: cells.value, line: countsText(cells.value.counts, kind) } };
      });
    },
  );
}

/** "84 nuclei", "3 white cells, 210 red cells"; where nothing was found, what was looked for. */
function countsText(counts: Readonly<Record<string, number>>, kind: "nuclei" | "blood"): string {
  const found = Object.entries(counts).map(([name, n]) => {
    const one = name.replace("-", " ");
    return `${n} ${n === 1 ? one : (MANY[name] ?? `${one}s`)}`;
  });
  if (found.length > 0) return found.join(", ");
  return kind === "nuclei"
    ? "no nuclei: dark haematoxylin on bright glass is looked for, so that fluorescence and other stains give none"
    : "no cells: a smear in Wright or Giemsa is looked for";
}

const MANY: Readonly<Record<string, string>> = { nucleus: "nuclei" };

const nowhere = (crops: string) => ({
  expected: "--out with --crops: a folder for the pictures",
  received: `--crops ${crops} alone`,
  remedy: "add --out DIR",
});

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
