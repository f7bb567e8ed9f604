/** What the README says of study files, aggregators, commands and exit codes is what the product does. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { aggregators } from "@nacre/models";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { EXIT } from "../../apps/cli/src/exit-code.ts";
import { checkStudy } from "../../packages/pipeline/src/study/read-study.ts";
import { knownKeys, type StudyFile, studySchema } from "../../packages/pipeline/src/study/study-schema.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const yaml = /^```yaml\n(name:[\s\S]*?)^```/m.exec(readme)?.[1] ?? "";

describe("the study file of the README", () => {
  it("is accepted as it stands", () => {
    expect(checkStudy(parse(yaml), "study.yaml")).toMatchObject({ ok: true });
  });

  it("shows every key there is, and no other", () => {
    const everything = parse(yaml.replaceAll(/^( *)# (features|splits):/gm, "$1$2:")) as Record<string, object>;
    for (const place of ["task", "tiles", "fit", "split", "evaluate"]) {
      expect(Object.keys(everything[place] ?? {}).sort()).toEqual([...knownKeys([place], "classify")].sort());
    }
    expect(Object.keys(everything).sort()).toEqual([...knownKeys([], "classify")].sort());
  });

  it("states the defaults that an almost empty study gets", () => {
    const plain: StudyFile = studySchema.parse({
      name: "x",
      cohort: "c",
      slides: "s",
      task: { kind: "classify", label: "y" },
    });
    const numbers = { ...plain.tiles, ...plain.fit, tune: plain.split.tune, ...plain.evaluate, seed: plain.seed };
    for (const [key, value] of Object.entries(numbers)) {
      if (Array.isArray(value)) continue;
      const line = yaml.split("\n").find((text) => text.trim().startsWith(`${key}:`)) ?? "";
      const stated = /Default (\S+?)[.,]?(?:\s|$)/.exec(line)?.[1];
      expect(`${key} ${parse(stated ?? "")}`).toBe(`${key} ${value}`);
    }
    expect(yaml).toContain(`Default ${plain.encoder}`);
    expect(yaml).toContain(`Default ${plain.aggregator.name}`);
  });
});

describe("the tables of the README", () => {
  it("name every aggregator, whose page tells every option with its default", () => {
    for (const { name, options } of aggregators()) {
      expect(readme, name).toContain(`[\`${name}\`](docs/methods/${name}.md)`);
      const page = readFileSync(join(root, "docs", "methods", `${name}.md`), "utf8");
      for (const [option, { default: value }] of Object.entries(options)) {
        expect(page, `${name} ${option}`).toMatch(new RegExp(`^\\|[^|]*\\b${option}\\b[^|]*\\|[^|]*${value}`, "m"));
      }
    }
  });

  it("name every command, and only commands that exist", () => {
    const folder = join(root, "apps", "cli", "src", "commands");
    const named = [...readme.matchAll(/^\| .*?`nacre .*$/gm)].flatMap((row) =>
      [...row[0].matchAll(/`nacre ([a-z]+)/g)].map((m) => m[1] ?? ""),
    );
    for (const name of named) {
      const isThere = existsSync(join(folder, `${name}.ts`)) || existsSync(join(folder, name));
      expect(isThere, name).toBe(true);
    }
    for (const file of readdirSync(folder)) expect(named).toContain(file.replace(".ts", ""));
  });

  it("name every exit code", () => {
    for (const code of Object.values(EXIT)) expect(readme).toMatch(new RegExp(`^\\| ${code} \\|`, "m"));
  });
});
