/**
 * What public encoders learned from, as their publications and model cards tell: names of cohorts and hospitals, and the licence of
 * the weights. Facts in our own words; each list means "at least these". A board that declares `pretraining:` itself is believed
 * instead. From memory of the publications, state of 2025, and not checked against them, except the weights' licences of UNI2-h,
 * Virchow and Virchow2 and what kaiko, Midnight-12k and GPFM say of their slides; a board says so. null: licence not established.
 */

export interface PretrainingSource {
  readonly name: string;
  /** Other spellings, beside those that differ in case and punctuation alone. */
  readonly aliases: readonly string[];
  /** Public archives and named cohorts first. Empty: no slide. */
  readonly sources: readonly string[];
  /** The encoder also saw slides that nobody outside can look through. */
  readonly proprietary: boolean;
  /** Of the weights. */
  readonly licence: string | null;
}

const NC = "CC BY-NC-ND 4.0";

type Row = readonly [name: string, aliases: readonly string[], sources: readonly string[], proprietary: boolean, licence: string | null];

const ROWS: readonly Row[] = [
  ["CHIEF", ["chief-ctranspath"], ["TCGA", "GTEx", "PAIP", "PANDA"], true, "AGPL-3.0 (code)"],
  ["CONCH", ["conch-v1"], ["PubMed Central captions", "Mass General Brigham"], true, NC],
  ["CONCH v1.5", ["conch15"], ["GTEx", "Mass General Brigham"], true, NC],
  ["CTransPath", [], ["TCGA", "PAIP"], false, "GPL-3.0 (code)"],
  ["DinoBloom", ["dinobloom-s", "dinobloom-b", "dinobloom-l", "dinobloom-g"], ["public blood and marrow smears"], false, "Apache-2.0"],
  ["GPFM", [], ["TCGA", "CPTAC", "other public cohorts"], false, NC],
  ["H-optimus-0", [], ["500,000 slides of several hospitals"], true, "Apache-2.0"],
  ["H-optimus-1", [], ["1,000,000 slides of several hospitals"], true, NC],
  ["Hibou-B", [], ["slides of one company"], true, "Apache-2.0"],
  ["Hibou-L", ["hibou"], ["slides of one company"], true, "Apache-2.0"],
  ["HIPT", ["hipt-256", "hipt-4k"], ["TCGA"], false, null],
  ["kaiko", ["kaiko-vits16", "kaiko-vits8", "kaiko-vitb16", "kaiko-vitb8", "kaiko-vitl14"], ["TCGA"], false, "MIT"],
  ["Lunit DINO", ["lunit", "lunit-vits16", "lunit-vits8"], ["TCGA", "TULIP"], true, "non-commercial"],
  ["Midnight-12k", ["midnight"], ["TCGA"], false, "MIT"],
  ["mSTAR", [], ["TCGA", "the data of UNI, from which it starts"], true, NC],
  ["MUSK", [], ["TCGA", "PubMed Central captions"], false, NC],
  ["Phikon", ["phikon-v1"], ["TCGA"], false, "Owkin non-commercial"],
  ["Phikon-v2", ["phikon2"], ["TCGA", "CPTAC", "GTEx", "other public cohorts"], true, "Owkin non-commercial"],
  ["PLIP", [], ["OpenPath: pictures from social media"], false, null],
  ["PRISM", [], ["MSKCC"], true, null],
  ["Prov-GigaPath", ["gigapath"], ["Providence"], true, "Apache-2.0"],
  ["QuiltNet", ["quiltnet-b32"], ["QUILT-1M: videos, captions, social media"], false, null],
  ["REMEDIS", [], ["TCGA", "photographs"], true, null],
  ["ResNet-50", ["resnet-50-imagenet"], ["photographs (ImageNet)"], false, "permissive"],
  ["THREADS", [], ["TCGA", "GTEx", "Mass General Brigham"], true, null],
  ["TITAN", [], ["GTEx", "Mass General Brigham"], true, NC],
  ["UNI", ["uni-v1", "uni1"], ["GTEx", "Mass General Brigham"], true, NC],
  ["UNI2-h", ["uni2", "uni-v2"], ["Mass General Brigham"], true, NC],
  ["Virchow", ["virchow1"], ["MSKCC"], true, "Apache-2.0"],
  ["Virchow2", [], ["MSKCC", "slides sent there from elsewhere"], true, NC],
];

/** In the order of the names. */
export const PRETRAINING_SOURCES: readonly PretrainingSource[] = ROWS.map(
  ([name, aliases, sources, proprietary, licence]) => ({ name, aliases, sources, proprietary, licence }),
);
