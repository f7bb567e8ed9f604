/** Pretraining from a folder of feature files to a file of weights, with a card beside it that says what it was learned from. */
import { type Outcome, ok, raise, unwrap } from "@nacre/core";
import { chooseAggregator, MASKED_OPTIONS, PROFILE_OPTIONS, type Profiled, SUB_BAG_OPTIONS } from "@nacre/models";
import { hashBytes, hashFile } from "../run/hash.ts";
import type { Progress } from "../run/progress.ts";
import { runJobs, workerUrl } from "../run/workers.ts";
import { writeWhole } from "../run/write-file.ts";
import { bagFiles } from "./feature-folder.ts";
import { cardPath, readPretrainCard } from "./pretrain-card.ts";
import type { PretrainAnswer, PretrainEpoch, PretrainJob, PretrainMethod, Settings } from "./pretrain-job.ts";
import { type ProfileTable, readProfiles } from "./read-profiles.ts";

export const PRETRAIN_METHODS: readonly PretrainMethod[] = ["masked", "sub-bags", "profiles"];

export interface PretrainFilesOptions {
  /** Folder of feature files. */
  readonly features: string;
  readonly method: PretrainMethod;
  readonly aggregator: string;
  /** Options of the method and of the aggregator, by name. */
  readonly settings: Settings;
  /** The safetensors file to write; its card has the same name and ends in .json. */
  readonly out: string;
  /** Tables of profiles, for the method `profiles`. */
  readonly profiles: readonly string[];
  readonly cohort: string | null;
  readonly only: string | null;
  readonly from: string | null;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** What is known of a file of pretrained weights. */
export interface PretrainCard extends Omit<PretrainAnswer, "weights"> {
  readonly method: PretrainMethod;
  readonly options: Settings;
  /** Slides or patients it was learned from, with those of the weights it began with: none of them may be judged by a model that began with it. */
  readonly bags: readonly string[];
  readonly profiles: readonly { readonly name: string; readonly columns: readonly string[] }[];
  /** Hash of the weights it began with; null for fresh ones. */
  readonly from: string | null;
  readonly file: string;
  readonly sha256: string;
}

const TABLES = { masked: MASKED_OPTIONS, "sub-bags": SUB_BAG_OPTIONS, profiles: PROFILE_OPTIONS } as const;
/** Bytes of features kept in memory. */
const MEMORY = 2 ** 31;

/** Failures: those of the pretraining, of reading what is named, and bad-usage for what does not go together; thrown as FailureError where nothing can be written. */
export async function pretrainFiles(options: PretrainFilesOptions): Promise<Outcome<PretrainCard>> {
  checkUsage(options);
  const { method, settings, out } = options;
  const table = TABLES[method];
  const epochs = Number(settings.epochs ?? table.epochs.default);
  const own = pick(settings, (name) => Object.hasOwn(table, name));
  const aggregatorOptions = pick(settings, (name) => !Object.hasOwn(table, name));
  unwrap(chooseAggregator({ ...aggregatorOptions, name: options.aggregator }));
  const all = bagFiles(options.features, options);
  if (!all.ok) return all;
  const tables = options.profiles.map((path) => unwrap(readProfiles(path)));
  const bagged = method === "profiles" ? profiledOf(Object.keys(all.value.files), tables) : [];
  const files =
    method === "profiles" ? pick(all.value.files, (id) => bagged.some((b) => b.id === id)) : all.value.files;
  const profiles = tables.map(({ name, columns }) => ({ name, columns }));
  const job: PretrainJob = {
    method,
    aggregator: options.aggregator,
    aggregatorOptions,
    options: own,
    files,
    profiles,
    bagged,
    from: options.from,
    memory: MEMORY,
  };
  const bags = Object.keys(files);
  options.progress.begin(`pretraining ${options.aggregator} on ${bags.length} bags`, epochs);
  const [answer] = await runJobs<PretrainJob, PretrainAnswer>(
    workerUrl(import.meta.url, "./pretrain-worker.js"),
    [job],
    {
      concurrency: 1,
      signal: options.signal,
      onProgress: (_, value) => {
        const { epoch, loss } = value as PretrainEpoch;
        options.progress.advance(epoch, `loss ${loss.toFixed(4)}`);
      },
    },
  );
  options.progress.end();
  if (answer === undefined) throw new Error("expected an answer of the pretraining worker, received none");
  if (!answer.ok) return answer;
  const { weights, ...facts } = answer.value;
  const from = options.from === null ? null : hashFile(options.from);
  const before = options.from === null ? [] : (readPretrainCard(options.from)?.bags ?? []);
  const learnedFrom = [...new Set([...before, ...bags])];
  const card = {
    ...facts,
    method,
    options: own,
    bags: learnedFrom,
    profiles,
    from,
    file: out,
    sha256: hashBytes(weights),
  };
  writeWhole(out, weights);
  writeWhole(cardPath(out), `${JSON.stringify(card, null, 2)}\n`);
  return ok(card);
}

/** Entries of every bag of which any table says something; unknown where a table lacks the patient. */
function profiledOf(ids: readonly string[], tables: readonly ProfileTable[]): Profiled[] {
  const known = ids.filter((id) => tables.some(({ byPatient }) => byPatient.has(id)));
  return known.map((id) => ({
    id,
    profiles: tables.map(({ byPatient, columns }) => byPatient.get(id) ?? columns.map(() => null)),
  }));
}

function checkUsage({ method, aggregator, profiles, from, out }: PretrainFilesOptions): void {
  const refuse = (expected: string, received: string, remedy: string): never =>
    raise("bad-usage", { expected, received, remedy });
  if (!out.endsWith(".safetensors")) refuse("--out to end in .safetensors", out, "name it so");
  if (method === "masked" && aggregator !== "longnet") {
    refuse("the aggregator longnet with the method masked", aggregator, "use the method sub-bags");
  }
  if (method === "profiles" && profiles.length === 0) {
    refuse("tables of profiles with the method profiles", "none", "name them with --profiles");
  }
  if (method !== "profiles" && profiles.length > 0) {
    refuse("no --profiles but with the method profiles", method, "leave them out, or use --method profiles");
  }
  if (method !== "profiles" && from !== null) {
    refuse("no --from but with the method profiles", method, "leave it out");
  }
}

function pick<T>(all: Readonly<Record<string, T>>, isWanted: (name: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => isWanted(name)));
}
