/** `nacre cluster`: files that run a study on many machines, for people to read and start. Nothing is started here. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { raise, unwrap } from "@nacre/core";
import type { Command } from "commander";
import { action } from "../command.ts";
import { numberOption } from "../number-option.ts";

interface ClusterFlags {
  readonly kind: string;
  readonly shards: string;
  readonly out: string;
  readonly run?: string;
  readonly image: string;
  readonly claim?: string;
  readonly mount?: string;
  readonly cpus: string;
  readonly memory: string;
}

export function register(program: Command): void {
  const command = program
    .command("cluster <study>")
    .description("write the files that run a study on a cluster: kubernetes, slurm or compose")
    .requiredOption("--kind <kind>", "kubernetes (Indexed Job), slurm (array) or compose (database, service, workers)")
    .option("--shards <n>", "parts that are encoded side by side; with compose: workers", "4")
    .option("--out <dir>", "where the files are written", "cluster")
    .option("--run <dir>", "run folder, as the machines see it (default: beside the study, by its name)")
    .option("--image <name>", "container image that has nacre", "nacre:latest")
    .option(
      "--claim <name>",
      "kubernetes: claim of the shared volume (default: nacre); compose: folder of this machine",
    )
    .option("--mount <dir>", "where the shared disk is seen (default: the folder of the study)")
    .option("--cpus <n>", "processors of a shard", "4")
    .option("--memory <gb>", "memory of a shard, GB", "16");
  action(
    command,
    "nacre cluster study.yaml --kind slurm --shards 16 --out cluster",
    async (_, file: string, flags: ClusterFlags) => {
      const [{ CLUSTER_KINDS, clusterFiles }, { readStudy }] = await Promise.all([
        import("@nacre/server"),
        import("@nacre/pipeline"),
      ]);
      const kind = CLUSTER_KINDS.find((known) => known === flags.kind);
      if (kind === undefined)
        return raise("bad-usage", {
          expected: `--kind ${CLUSTER_KINDS.join(", ")}`,
          received: flags.kind,
          remedy: "name one of them",
        });
      const study = unwrap(readStudy(file));
      const at = resolve(file);
      const folder = resolve(at, "..");
      const whole = (text: string, name: string, most: number): number =>
        numberOption(text, name, { least: 1, most, whole: true });
      const files = unwrap(
        clusterFiles(kind, {
          name: study.name,
          study: at,
          out: flags.run ?? join(folder, study.name),
          shards: whole(flags.shards, "--shards", 10_000),
          image: flags.image,
          claim: flags.claim ?? (kind === "compose" ? folder : "nacre"),
          mount: flags.mount ?? folder,
          cpus: whole(flags.cpus, "--cpus", 1024),
          memoryGb: whole(flags.memory, "--memory", 65_536),
        }),
      );
      mkdirSync(flags.out, { recursive: true });
      for (const { name, text, isExecutable } of files)
        writeFileSync(join(flags.out, name), text, { mode: isExecutable ? 0o755 : 0o644 });
      const names = files.map(({ name }) => join(flags.out, name));
      return {
        json: { kind, files: names },
        text: `${names.map((name) => `wrote      ${name}`).join("\n")}\nread them, then start ${names.at(-1)}`,
      };
    },
  );
}
