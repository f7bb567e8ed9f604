import { raise, unwrap } from "@nacre/core";
import type { Command } from "commander";
import { action, type CommandResult } from "../../command.ts";
import { EXIT } from "../../exit-code.ts";
import { writeOutput } from "../../write-output.ts";

interface DeidOptions {
  check?: boolean;
  allowUnknown?: boolean;
  salt?: string;
  report?: string;
}

export function registerDeid(slide: Command): void {
  const command = slide
    .command("deid <in> [out]")
    .description("a copy without label, macro, names, dates and numbers that could lead to a person")
    .option("--check", "write nothing; say whether the slide is clean (exit 0) or not (exit 3)")
    .option("--allow-unknown", "leave tags that nobody knows out of the copy; without it they refuse the slide")
    .option(
      "--salt <text>",
      "secret behind new DICOM UIDs: the same salt gives the same UIDs (default: new ones each time)",
    )
    .option("--report <file>", "write what was removed and kept as JSON");
  action(
    command,
    "nacre slide deid nacre-demo/slides/site-a-001.svs clean.svs --report clean.json",
    (_, input: string, output: string | undefined, options: DeidOptions) => run(input, output, options),
  );
}

async function run(input: string, output: string | undefined, options: DeidOptions): Promise<CommandResult> {
  const { checkSlide, deidentifySlide, describeDeid } = await import("@nacre/imaging/node");
  const isCheck = options.check === true;
  if ((output === undefined) !== isCheck) {
    raise("bad-usage", {
      expected: "IN OUT, or --check IN",
      received: isCheck ? "--check with an output" : "no output",
      remedy: "name the file or folder to write, or ask with --check whether IN is clean",
    });
  }
  const report =
    output === undefined
      ? unwrap(await checkSlide(input))
      : unwrap(
          await deidentifySlide(input, output, {
            allowUnknown: options.allowUnknown === true,
            ...(options.salt === undefined ? {} : { salt: options.salt }),
          }),
        );
  if (options.report !== undefined) {
    await writeOutput(options.report, new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`));
  }
  return { json: report, text: describeDeid(report), exitCode: isCheck && !report.isClean ? EXIT.refused : EXIT.done };
}
