/**
 * De-identifies whatever it is given. What comes must be a failure with a name, or a copy that opens, is called clean and holds no secret in any
 * byte. For tests only.
 */
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { checkSlide, deidentifySlide, openSlideFile } from "../../src/node.ts";
import { SECRETS, secretsIn } from "../deid/planted.ts";
import type { BaseSlide } from "./base-slides.ts";

/** What a test does to a copy, to see that it is noticed. */
export type Spoil = "leak" | "dirt" | "cut";

export interface DeidTry {
  /** Where files may lie; emptied before and after. */
  readonly folder: string;
  /** DICOM as the folder of its series. */
  readonly isSeries: boolean;
  readonly spoil?: Spoil | undefined;
}

/** "deid:copy", "deid:refused", or what is wrong: "deid-finding: ...". @throws whatever has no name: a defect */
export async function exerciseDeid({ main, files }: BaseSlide, { folder, isSeries, spoil }: DeidTry): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, "in", name)), { recursive: true });
    writeFileSync(join(folder, "in", name), bytes);
  }
  const input = isSeries ? join(folder, "in") : join(folder, "in", main);
  const output = join(folder, isSeries ? "out" : `out-${main.replaceAll("/", "-")}`);
  const done = await deidentifySlide(input, output, { allowUnknown: true });
  if (!done.ok)
    return done.failure.kind === "internal"
      ? finding(`internal: ${done.failure.received}`)
      : `deid:${done.failure.kind}`;
  if (spoil) spoilCopy(output, spoil);
  const problems = [
    ...leaks(output).map((secret) => `the copy holds ${secret}`),
    ...secretsIn(Buffer.from(JSON.stringify(done.value))).map((secret) => `the report holds ${secret}`),
  ];
  const again = await checkSlide(output);
  if (!again.ok || !again.value.isClean)
    problems.push(`--check says ${JSON.stringify(again.ok ? again.value.findings : again.failure)}`);
  const slide = await openSlideFile(isSeries ? join(output, readdirSync(output)[0] as string) : output);
  if (slide.ok) slide.value.close();
  else problems.push(`the copy does not open: ${slide.failure.received}`);
  rmSync(folder, { recursive: true, force: true });
  return problems.length === 0 ? "deid:copy" : finding(problems.join("; "));
}

const finding = (text: string): string => `deid-finding: ${text}`;

function leaks(output: string): string[] {
  const paths = statSync(output).isDirectory() ? readdirSync(output).map((name) => join(output, name)) : [output];
  return paths.flatMap((path) => [...secretsIn(readFileSync(path)), ...secretsIn(Buffer.from(path))]);
}

function spoilCopy(output: string, spoil: Spoil): void {
  const path = statSync(output).isDirectory() ? join(output, readdirSync(output)[0] as string) : output;
  if (spoil === "cut") truncateSync(path, 40);
  else appendFileSync(path, spoil === "leak" ? SECRETS[0] : "dirt");
}
