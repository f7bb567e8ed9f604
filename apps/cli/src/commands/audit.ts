import { raise, unwrap } from "@nacre/core";
import type { Command } from "commander";
import { action } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { numberOption, seedOption } from "../number-option.ts";

interface AuditFlags {
  readonly label?: string;
  readonly labels?: string;
  readonly splits?: string[];
  readonly features?: string;
  readonly slides?: string;
  readonly by?: string;
  readonly folds: string;
  readonly out?: string;
  readonly write?: string;
  readonly dialect: string;
  readonly strict?: true;
  readonly seed: string;
}

const KINDS = ["site", "patient", "time", "nested"] as const;

export function register(program: Command): void {
  const command = program
    .command("audit [cohort]")
    .description(
      "find what makes a number untrue: leaks, copies, shortcuts, parts too small; CSV, TSV or Excel, in any known dialect",
    )
    .option("--label <column>", "the label column (default: the one that can only be meant)")
    .option("--labels <file>", "labels in a second table, joined by slide or patient")
    .option("--splits <files...>", "split files of any known tool; several are several folds")
    .option(
      "--features <dir>",
      "feature files: finds copies and near-duplicates, and says whether they follow the label or the site",
    )
    .option("--slides <dir>", "slide files: finds copies and look-alikes")
    .option("--by <kind>", `the split to propose: ${KINDS.join(", ")} (default: sites whole, else patients)`)
    .option("--folds <n>", "the most folds to propose", "5")
    .option("--out <dir>", "write audit.json and audit.html there, with up to 100 cases of each finding")
    .option("--write <dir>", "write the proposed split there")
    .option("--dialect <name>", "dialect to write: nacre, clam, clam-bool, patho-bench, part-files", "nacre")
    .option("--strict", "exit 3 when a finding must stop a study")
    .option("--seed <n>", "seed of folds and intervals", "7");
  action(
    command,
    "nacre audit nacre-demo/cohort.csv --label label",
    async (context, cohort: string | undefined, flags: AuditFlags) => {
      const { auditCohort, auditText, PAGE_EXAMPLES, writeAudit, writeProposal } = await import("@nacre/pipeline");
      const audited = unwrap(
        await auditCohort(
          {
            cohort: cohort ?? null,
            labels: flags.labels ?? null,
            splits: flags.splits ?? [],
            features: flags.features ?? null,
            slides: flags.slides ?? null,
          },
          {
            label: flags.label ?? null,
            by: flags.by === undefined ? null : oneOf(flags.by, "--by", KINDS),
            folds: numberOption(flags.folds, "--folds", { least: 1, most: 1000, whole: true }),
            seed: seedOption(flags.seed),
            ...(flags.out === undefined ? {} : { examples: PAGE_EXAMPLES }),
            progress: context.progress,
            signal: context.signal,
          },
        ),
      );
      const { document, rows } = audited;
      const { WRITTEN_DIALECTS } = await import("@nacre/evaluation");
      const proposed =
        flags.write === undefined
          ? []
          : unwrap(
              writeProposal(document.proposal, rows, {
                folder: flags.write,
                dialect: oneOf(flags.dialect, "--dialect", WRITTEN_DIALECTS),
              }),
            );
      const reported =
        flags.out === undefined ? [] : await writeAudit(audited, { folder: flags.out, slides: flags.slides ?? null });
      const written = [...proposed, ...reported];
      const text = [auditText(document), ...written.map((path) => `wrote ${path}`)].join("\n");
      const isGrave = document.findings.some((f) => f.severity === "refuse");
      return { json: { ...document, written }, text, exitCode: flags.strict && isGrave ? EXIT.refused : EXIT.done };
    },
  );
}

function oneOf<T extends string>(text: string, name: string, known: readonly T[]): T {
  const found = known.find((k) => k === text);
  return (
    found ?? raise("bad-usage", { expected: `${name}: ${known.join(", ")}`, received: text, remedy: `correct ${name}` })
  );
}
