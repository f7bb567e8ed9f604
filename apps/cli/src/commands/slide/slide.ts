/** `nacre slide`: one file a subcommand. */
import type { Command } from "commander";
import { registerConvert } from "./convert.ts";
import { registerDeid } from "./deid.ts";
import { registerInfo } from "./info.ts";
import { registerRead } from "./read.ts";
import { registerThumbnail } from "./thumbnail.ts";

export function register(program: Command): void {
  const slide = program.command("slide").description("look into one slide file");
  registerInfo(slide);
  registerRead(slide);
  registerThumbnail(slide);
  registerConvert(slide);
  registerDeid(slide);
}
