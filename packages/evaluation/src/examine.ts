/**
 * What a scorecard of classes asks beyond the numbers: is the AUROC more than chance would give, do subgroups differ once all are
 * tested together, has it changed outside, and how many patients would the claim need. Each can only weaken a claim.
 */
import type { ClassifyTask } from "@nacre/core";
import { type CorrectedColumn, correctSubgroups, subgroupDifference } from "./compare/subgroup-difference.ts";
import type { BootstrapOptions } from "./interval/bootstrap.ts";
import type { SeedSpread } from "./interval/by-seed.ts";
import { aurocMetric } from "./metric/auroc.ts";
import { measure } from "./metric/metric.ts";
import { type PermutationTest, permutationTest } from "./null-test/permutation-test.ts";
import { type OperatingPoint, operatingPointOf } from "./power/operating-point.ts";
import { patientsForAuroc, patientsForAurocAbove } from "./power/patients-for-auroc.ts";
import type { Plan } from "./power/plan.ts";
import { type PatientPrediction, sampleOf } from "./prediction.ts";
import { classCounts, type Sample } from "./sample.ts";
import { type ColumnShift, shiftByColumn } from "./shift/by-column.ts";
import { type ExternalShift, internalAgainstExternal } from "./shift/internal-external.ts";
import { driftOfPart, type PartDrift } from "./shift/over-time.ts";
import { groupsOf } from "./subgroup.ts";

/** Permutations of the labels: the least p is 1 / 200. */
const PERMUTATIONS = 199;
const HALF_WIDTH = 0.05;

/** Patients for an interval of the AUROC no wider than 0.1, and for showing that it is above chance (power 0.8). */
export interface ClaimPower {
  readonly halfWidth: number;
  readonly precision: Plan;
  readonly aboveChance: Plan;
}

export interface PartExamination {
  /** null where the part has no two classes. */
  readonly nullTest: PermutationTest | null;
  readonly subgroups: readonly CorrectedColumn[];
  /** Two classes and an AUROC between 0.5 and 1 only. */
  readonly power: ClaimPower | null;
  /** Scores per site and per scanner, each against the rest. */
  readonly groupShift: readonly ColumnShift[];
  /** Scores and labels over time, with alarms. */
  readonly drift: PartDrift;
  /** Sensitivity and specificity at 0.5: what these patients show, and how many would show nearly as much. Two classes only. */
  readonly operatingPoint: OperatingPoint | null;
}

export interface Examination {
  readonly internal: PartExamination;
  readonly external: PartExamination | null;
  /** AUROC outside minus inside; null without external patients. */
  readonly shift: ExternalShift | null;
  /** Runs with several seeds, where the predictions come from such; absent where nobody asked. */
  readonly seeds?: readonly SeedSpread[] | null;
}

/**
 * `chance` is for what is examined here alone; `seeds` are those of the scorecard of each part, so that a subgroup has one interval and
 * not two. Default: that of `chance`.
 */
export function examine(
  parts: { readonly internal: readonly PatientPrediction[]; readonly external: readonly PatientPrediction[] },
  task: ClassifyTask,
  columns: readonly string[],
  chance: Pick<BootstrapOptions, "replicates" | "seed">,
  seeds: { readonly internal: number; readonly external: number } = { internal: chance.seed, external: chance.seed },
): Examination {
  const part = (patients: readonly PatientPrediction[], seed: number): PartExamination => {
    const sample = sampleOf(patients, task);
    const asked = columns.map((column) => {
      const groups = groupsOf(patients, column).map(({ group, members }) => ({
        group,
        sample: sampleOf(members, task),
      }));
      return { column, difference: subgroupDifference(groups, aurocMetric, { ...chance, seed }) };
    });
    const isDefined = measure(aurocMetric, sample) !== null;
    return {
      nullTest: isDefined
        ? permutationTest(sample, aurocMetric, { permutations: PERMUTATIONS, seed: chance.seed })
        : null,
      subgroups: correctSubgroups(asked),
      power: powerOf(sample),
      groupShift: shiftByColumn(patients, task),
      drift: driftOfPart(patients, task, chance.seed),
      operatingPoint: operatingPointOf(sample),
    };
  };
  const hasExternal = parts.external.length > 0;
  return {
    internal: part(parts.internal, seeds.internal),
    external: hasExternal ? part(parts.external, seeds.external) : null,
    shift: hasExternal
      ? internalAgainstExternal(sampleOf(parts.internal, task), sampleOf(parts.external, task), aurocMetric, chance)
      : null,
  };
}

function powerOf(sample: Sample): ClaimPower | null {
  const auroc = sample.k === 2 ? measure(aurocMetric, sample) : null;
  if (auroc === null || auroc <= 0.5 || auroc >= 1) return null;
  const prevalence = (classCounts(sample)[sample.positive] as number) / sample.n;
  return {
    halfWidth: HALF_WIDTH,
    precision: patientsForAuroc({ auroc, halfWidth: HALF_WIDTH, prevalence }),
    aboveChance: patientsForAurocAbove({ auroc, prevalence }),
  };
}
