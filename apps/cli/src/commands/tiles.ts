import type { Command } from "commander";
import { action } from "../command.ts";
import { eachFile, slidesAmong } from "../each-file.ts";
import { mppOption } from "../number-option.ts";
import { type TileOptions, tileOptions, tilesFrom } from "../tile-options.ts";

export function register(program: Command): void {
  const command = tileOptions(
    program.command("tiles <files...>").description("lay tiles on tissue: places only, no pixels"),
  );
  action(
    command,
    "nacre tiles nacre-demo/slides/site-a-001.svs --tile-mpp 0.5 --tile-size 224",
    async (context, paths: string[], options: TileOptions) => {
      const files = await slidesAmong(paths, context.signal);
      const { fillScale, slideColour, surveySlide } = await import("@nacre/pipeline");
      const tiles = tilesFrom(options);
      const fill = mppOption(options.mpp);
      return eachFile(files, context, async (file) => {
        const given = await fillScale(file, fill);
        const asked = { given, tiles, signal: context.signal };
        const survey = await surveySlide(file, asked);
        if (!survey.ok) return survey;
        // Places do not depend on colours: what encoding would do to them is told, and fails where it would.
        const coloured = await slideColour(file, survey.value.tiles, asked);
        if (!coloured.ok) return coloured;
        const told = coloured.value?.told ?? {};
        for (const warning of coloured.value?.warnings ?? []) context.say(`${file}  ${warning}`);
        const { n, side, x, y, tissue } = survey.value.tiles;
        const places = Array.from(x, (left, i) => ({
          x: left,
          y: y[i] as number,
          tissue: Number((tissue[i] as number).toFixed(3)),
        }));
        return {
          ok: true,
          value: {
            json: { n, side, mpp: tiles.mpp, size: tiles.size, ...told, tiles: places },
            line: [`${n} tiles of ${side} px at level 0`, ...Object.values(told)].join("; "),
          },
        };
      });
    },
  );
}
