/** The nacre command: commands and their help. Nothing heavy is imported before a command runs. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { report } from "./command.ts";
import { register as aggregators } from "./commands/aggregators.ts";
import { register as audit } from "./commands/audit.ts";
import { register as board } from "./commands/board.ts";
import { register as cells } from "./commands/cells.ts";
import { register as cluster } from "./commands/cluster.ts";
import { register as demo } from "./commands/demo.ts";
import { register as distil } from "./commands/distil.ts";
import { register as doctor } from "./commands/doctor.ts";
import { register as encode } from "./commands/encode.ts";
import { register as encoders } from "./commands/encoders.ts";
import { register as ensemble } from "./commands/ensemble.ts";
import { register as evaluate } from "./commands/evaluate.ts";
import { register as explain } from "./commands/explain.ts";
import { register as fit } from "./commands/fit.ts";
import { register as importCommand } from "./commands/import.ts";
import { register as predict } from "./commands/predict.ts";
import { register as pretrain } from "./commands/pretrain.ts";
import { register as reportCommand } from "./commands/report.ts";
import { register as run } from "./commands/run.ts";
import { register as search } from "./commands/search.ts";
import { register as serve } from "./commands/serve.ts";
import { register as slide } from "./commands/slide/slide.ts";
import { register as tiles } from "./commands/tiles.ts";
import { register as tissue } from "./commands/tissue.ts";
import { register as worker } from "./commands/worker.ts";
import { EXIT } from "./exit-code.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const program = new Command("nacre")
  .description(
    "From slide to patient: gigapixel pathology to models a hospital can trust.\nResearch use only; not a medical device.",
  )
  .version(version)
  .showSuggestionAfterError()
  .configureHelp({ sortSubcommands: false })
  .addHelpText(
    "after",
    "\nExit codes: 0 done, 1 done but some inputs failed, 2 wrong usage or input tables, 3 refused on grounds of honesty,\n4 no usable result, 130 cancelled (resumable).\n\nExample:\n  $ nacre demo --out nacre-demo\n",
  );
for (const register of [
  demo,
  run,
  search,
  serve,
  worker,
  cluster,
  slide,
  tissue,
  tiles,
  cells,
  encode,
  distil,
  pretrain,
  fit,
  predict,
  explain,
  importCommand,
  audit,
  evaluate,
  ensemble,
  board,
  reportCommand,
  doctor,
  encoders,
  aggregators,
]) {
  register(program);
}
refuseQuietly(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : usage(error);
}

/** Makes commander throw in place of leaving the process, at every depth. */
function refuseQuietly(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  for (const child of command.commands) refuseQuietly(child);
}

function usage(error: CommanderError): number {
  const json = process.argv.includes("--json");
  const words = process.argv.slice(2).filter((word) => !word.startsWith("-"));
  const asked = program.commands.find((c) => c.name() === words[0]);
  const help = asked === undefined ? "nacre --help" : `nacre ${asked.name()} --help`;
  if (error.code === "commander.help" && !json) {
    process.stderr.write((asked ?? program).helpInformation());
    return EXIT.usage;
  }
  const isBare =
    error.code === "commander.help" || (asked !== undefined && asked.commands.length > 0 && words.length === 1);
  const [received = "", suggestion] = isBare ? ["no command"] : error.message.replace(/^error: /, "").split("\n");
  return report(
    {
      kind: "bad-usage",
      expected:
        isBare && asked !== undefined
          ? `one of nacre ${asked.name()} ${asked.commands.map((c) => c.name()).join(", ")}`
          : "a command and options that nacre knows",
      received,
      remedy: suggestion?.replace(/[()]/g, "") || `see ${help}`,
    },
    json,
  );
}
