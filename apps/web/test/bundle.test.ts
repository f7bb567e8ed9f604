/** The script of the page without Node: a bare JavaScript world with nothing but TextDecoder, as a worker has. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { evaluateTable } from "../../../packages/pipeline/src/judge/evaluate-table.ts";
import { judgeAnswers } from "../../../packages/pipeline/src/judge/judge-answers.ts";
import { writeAnswers } from "../../../packages/pipeline/src/judge/write-answers.ts";
import { parseTable } from "../../../packages/pipeline/src/study/parse-table.ts";
import { BAD_TABLES } from "../../../packages/pipeline/test/judge/bad-tables.ts";
import { labelTable, numberTable, riskTable } from "../../../packages/pipeline/test/report/answers/made-answers.ts";
import type { JudgeReply, JudgeRequest } from "../src/judge-file.ts";
import { builtPage, inventedTable, place, scriptOf } from "./build-page.ts";

const page = builtPage();
const html = readFileSync(page, "utf8");
const styleHash = html.match(/name="report-style" content="([^"]*)"/)?.[1] ?? "";

interface World {
  onmessage?: (event: { data: JudgeRequest }) => void;
  readonly TextDecoder: typeof TextDecoder;
  postMessage(reply: JudgeReply): void;
}

/** What the bundle answers to one request. */
function ask(request: Partial<JudgeRequest> & Pick<JudgeRequest, "name" | "bytes">): JudgeReply[] {
  const replies: JudgeReply[] = [];
  const world: World = { TextDecoder, postMessage: (reply) => replies.push(reply) };
  const context = createContext(world);
  expect(runInContext("[typeof process, typeof require, typeof Buffer, typeof document]", context)).toEqual(
    Array(4).fill("undefined"),
  );
  runInContext(scriptOf(page), context);
  world.onmessage?.({ data: { positive: null, bootstrap: 200, seed: 7, styleHash, ...request } });
  return replies;
}

describe("the script of the page", () => {
  it.each([
    ["two classes", ["benign", "tumour"]],
    ["three classes", ["a", "b", "c"]],
  ])("gives the scorecard and the report of the command to the last bit, for %s", (name, classes) => {
    const file = place(`${name}.csv`);
    writeFileSync(file, inventedTable(classes, 120, 5));
    evaluateTable(file, { positive: null, bootstrap: 200, seed: 7, out: place(name) });
    const judged = ask({ name: file, bytes: readFileSync(file) }).at(-1);
    if (judged?.kind !== "judged") throw new Error(`expected a judgement, received ${JSON.stringify(judged)}`);
    expect(judged.scorecard).toBe(readFileSync(`${place(name)}/scorecard.json`, "utf8"));
    expect(judged.report).toBe(readFileSync(`${place(name)}/report.html`, "utf8"));
  });

  it.each([
    ["risks", riskTable(90)],
    ["numbers", numberTable(60)],
    ["several labels", labelTable(60)],
  ])("gives the scorecard and the report of the command to the last bit, for %s", (name, text) => {
    const file = place(`${name}.csv`);
    writeFileSync(file, text);
    const options = { bootstrap: 200, seed: 7, subgroups: null, horizons: [] };
    writeAnswers(place(name), unwrap(judgeAnswers(unwrap(parseTable(text, file)), options)));
    const replies = ask({ name: file, bytes: readFileSync(file) });
    expect(replies[1]).toMatchObject({ kind: "classes", classes: [] });
    const judged = replies.at(-1);
    if (judged?.kind !== "judged") throw new Error(`expected a judgement, received ${JSON.stringify(judged)}`);
    expect(judged.positive).toBeNull();
    expect(judged.scorecard).toBe(readFileSync(`${place(name)}/scorecard.json`, "utf8"));
    expect(judged.report).toBe(readFileSync(`${place(name)}/report.html`, "utf8"));
  });

  it("says what it does while it works, and the classes before the judgement", () => {
    const replies = ask({ name: "t.csv", bytes: new TextEncoder().encode(inventedTable(["x", "y"], 30, 1)) });
    expect(replies.map((r) => r.kind)).toEqual(["stage", "classes", "stage", "stage", "judged"]);
    expect(replies[1]).toMatchObject({ classes: ["x", "y"] });
  });

  it.each(BAD_TABLES)("refuses as the command does: $name", ({ bytes, kind, says }) => {
    const last = ask({ name: "t.csv", bytes }).at(-1);
    if (last?.kind !== "failure") throw new Error("the table was judged");
    expect(last.failure.kind).toBe(kind);
    for (const words of says)
      expect(`${last.failure.received} ${last.failure.remedy} ${last.failure.expected}`).toMatch(words);
  });
});

describe("the page as a file", () => {
  it("admits its own texts by their hashes, a worker made of them, and no connection", () => {
    const policy = html.match(/Content-Security-Policy" content="([^"]*)"/)?.[1] ?? "";
    const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    const styles = [...(html.split("</head>")[0] ?? "").matchAll(/<style>([\s\S]*?)<\/style>/g)].map((m) =>
      hash(m[1] ?? ""),
    );
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `script-src ${hash(scriptOf(page))}`,
      `style-src ${styles.join(" ")}`,
      "worker-src blob:",
      "connect-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it("names no address and holds no inline handler or style", () => {
    const markup = html.replace(/<(script|style)>[\s\S]*?<\/\1>/g, "");
    expect(markup).not.toMatch(/\s(src|action|style|on[a-z]+)="/);
    expect([...markup.matchAll(/href="([^"]*)"/g)].every((m) => m[1]?.startsWith("#"))).toBe(true);
    expect(scriptOf(page)).not.toMatch(
      /\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|EventSource|importScripts|import\(/,
    );
  });

  it("is built to the same bytes again", () => {
    const before = html;
    expect(readFileSync(builtPage(), "utf8")).toBe(before);
  });
});
