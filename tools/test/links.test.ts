/**
 * The words of the repository hold: links lead somewhere, and no file speaks of the machine it was written on.
 * Reads the files that git tracks, or every file where there is no git (an unpacked archive).
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const LEFT_OUT = new Set(["node_modules", "dist", ".git", "coverage", "nacre-demo"]);
const TEXT = /\.(md|ts|mjs|js|json|ya?ml|py|R|html|css|txt)$|^\.npmrc$|^\.ci\/|^\.gitignore$/;

function repositoryFiles(): string[] {
  const git = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  if (git.status === 0 && git.stdout.length > 0) return git.stdout.toString().split("\0").filter(isThere);
  return filesBelow(root).map((path) => relative(root, path));
}

const isThere = (path: string): boolean => path !== "" && existsSync(join(root, path));

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !LEFT_OUT.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return entry.isFile() ? [path] : [];
    });
}

const files = repositoryFiles();
const texts = files.filter((file) => TEXT.test(file) && statSync(join(root, file)).size < 2_000_000);
const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** The text without fenced code, so that a bracket in an example is no link. */
const prose = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");

/** The anchor that a heading gets on the usual hosts. */
const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[`*]/g, "")
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

function anchorsOf(file: string): Set<string> {
  const body = read(file).replace(/^```[\s\S]*?^```/gm, "");
  return new Set([...body.matchAll(/^#{1,6} +(.+?) *$/gm)].map((m) => slug(m[1] ?? "")));
}

function brokenLinks(file: string): string[] {
  const links = [...prose(read(file)).matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map((m) => m[1] ?? "");
  return links.filter((link) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return false;
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? file : relative(root, resolve(root, dirname(file), decodeURIComponent(path)));
    if (target.startsWith("..") || !existsSync(join(root, target))) return true;
    return anchor !== undefined && target.endsWith(".md") && !anchorsOf(target).has(anchor);
  });
}

describe("the documents", () => {
  const documents = files.filter((file) => file.endsWith(".md"));

  it("are there", () => {
    for (const name of ["README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md"]) {
      expect(documents).toContain(name);
    }
  });

  it.each(documents)("%s has no link that leads nowhere", (file) => expect(brokenLinks(file)).toEqual([]));

  it("name no source file that is not there", () => {
    const gone = documents.flatMap((file) =>
      [...read(file).matchAll(/`((?:packages|apps|tools|bench|examples|docs)\/[\w./-]+\.(?:ts|mjs|py|R|md))`/g)]
        .map((m) => m[1] ?? "")
        .filter((path) => !existsSync(join(root, path)) && !path.includes("my-"))
        .map((path) => `${file}: ${path}`),
    );
    expect(gone).toEqual([]);
  });
});

describe("no text speaks of the machine it was written on", () => {
  const machine = ["work", "root", "home/[a-z]+"].map((name) => `(?<![\\w.:@*-])/${name}/`).join("|");
  const registry = ["registry\\.npm", "registry\\.yarn", "npm\\.pkg\\.github", "artifactory", "pypi\\.org/simple"].join(
    "|",
  );

  it.each([
    ["path of a home or work folder", new RegExp(machine), ["", "work", "x"].join("/")],
    ["temporary folder", /(?<![\w.:@*-])\/tmp\//, ["", "tmp", "x"].join("/")],
    [
      "package registry",
      new RegExp(`https?://[^\\s"']*(?:${registry})`),
      ["https:", "", "registry.npmjs.org", "x"].join("/"),
    ],
    ["resolved address in the lockfile", /"resolved": "https?:/, '"resolved": "https' + '://x"'],
  ])("%s", (_, pattern, planted) => {
    expect(planted).toMatch(pattern);
    expect(texts.filter((file) => pattern.test(read(file)))).toEqual([]);
  });
});
