/** `nacre serve`: the reading room over folders, and the few things that are done to its store while it does not run. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Outcome } from "@nacre/core";
import type { TokenMade } from "@nacre/server";
import type { Command } from "commander";
import { action, type CommandContext, type CommandResult } from "../command.ts";
import { openBrowser } from "../open-browser.ts";
import type { ServeOptions } from "../serve-config.ts";

export function register(program: Command): void {
  const command = program
    .command("serve [dirs...]")
    .description(
      "open the reading room over folders of slides or run folders (DIR or NAME=DIR; the current folder without any)",
    )
    .option("--port <n>", "port; 0 takes a free one (default: 8100)")
    .option("--host <address>", "address to listen at (default: 127.0.0.1); any other asks for sign-in")
    .option("--public-url <url>", "the address people use, where a proxy stands before the service")
    .option("--data <dir>", "where the service keeps its database (default: .nacre/service in the first folder)")
    .option("--config <file>", "configuration (YAML): oidc, dicomweb, webhookHosts, projects, …")
    .option("--show-labels", "show pictures of glass labels to this machine's user")
    .option("--no-open", "do not open a browser")
    .option("--make-token <role>", "make a token (viewer, reader, researcher, admin, worker), print it once, and leave")
    .option("--if-none", "with --make-token: only where nobody has a token that is good")
    .option("--verify-trail", "compute the trail's chain of hashes anew, and leave")
    .option("--told <seq:hash>", "with --verify-trail: a head that was told before, which must still be in the chain")
    .option("--backup <file>", "write the database to a file, and leave")
    .option("--restore <file>", "put a backup back, and leave")
    .option(
      "--force",
      "with --restore: also over a service that people have worked in; what is there is kept beside it",
    );
  action(command, "nacre serve nacre-demo", async (context, dirs: string[], options: ServeOptions) => {
    await checkTogether(options);
    if (options.makeToken !== undefined) return makeToken(dirs, options, options.makeToken);
    if (options.verifyTrail === true) return verifyTrail(dirs, options);
    if (options.backup !== undefined) return backUp(dirs, options, options.backup);
    if (options.restore !== undefined) return restore(dirs, options, options.restore);
    return serve(context, dirs, options);
  });
}

/** Options that say nothing without another would be taken for it, and the service would start. */
async function checkTogether(options: ServeOptions): Promise<void> {
  const { told, force, ifNone, verifyTrail, restore, makeToken } = options;
  const pairs = [
    { name: "--told", isAlone: told !== undefined && verifyTrail !== true, other: "--verify-trail" },
    { name: "--force", isAlone: force === true && restore === undefined, other: "--restore FILE" },
    { name: "--if-none", isAlone: ifNone === true && makeToken === undefined, other: "--make-token ROLE" },
  ];
  const wrong = pairs.find(({ isAlone }) => isAlone);
  if (wrong === undefined) return;
  const { raise } = await import("@nacre/core");
  raise("bad-usage", {
    expected: `${wrong.name} together with ${wrong.other}`,
    received: `${wrong.name} alone`,
    remedy: `add ${wrong.other}, or leave ${wrong.name} out`,
  });
}

async function serve(context: CommandContext, dirs: string[], options: ServeOptions): Promise<CommandResult> {
  const [{ unwrap }, { startServer }] = await Promise.all([import("@nacre/core"), import("@nacre/server")]);
  const config = await settle(dirs, options);
  const running = unwrap(await startServer(config, { log: logStream(context) }));
  const { url, addresses } = running;
  if (context.json)
    process.stdout.write(`${JSON.stringify({ url, addresses, pid: process.pid, data: config.data })}\n`);
  else process.stdout.write(welcome(config.projects.length, addresses));
  if (options.open !== false && !context.json) openBrowser(config.publicUrl ?? url);
  if (!context.signal.aborted)
    await new Promise((stop) => context.signal.addEventListener("abort", stop, { once: true }));
  const head = await running.close();
  const text = `trail      head ${head.seq}:${head.hash}`;
  return { json: { closed: true, trail: head }, text };
}

function welcome(folders: number, [first, ...others]: readonly string[]): string {
  const also = others.map((address) => `  or ${address}\n`).join("");
  return `Nacre serves ${folders === 1 ? "1 folder" : `${folders} folders`} at ${first}\n${also}Research use only. Not a medical device. Ctrl-C ends it.\n`;
}

/** Lines of the log: all of them where a program reads; where a person does, what warnings say. */
function logStream({ json }: CommandContext): { write(line: string): void } {
  const isPerson = !json && process.stderr.isTTY === true;
  return {
    write: (line) => {
      if (!isPerson) return void process.stderr.write(line);
      const { level, msg, reason } = JSON.parse(line) as { level: number; msg: string; reason?: string };
      if (level >= 40) process.stderr.write(`nacre: ${msg}${reason === undefined ? "" : ` (${reason})`}\n`);
    },
  };
}

async function settle(dirs: string[], options: ServeOptions) {
  return (await import("../serve-config.ts")).settleServing(dirs, options);
}

async function where(dirs: string[], options: ServeOptions) {
  const { data, databaseUrl } = await settle(dirs, options);
  return { folder: data, ...(databaseUrl === undefined ? {} : { url: databaseUrl }) };
}

/** A service that runs can do it too: says how. */
function whileStopped<T>(done: Outcome<T>, how: string): Outcome<T> {
  if (done.ok || done.failure.kind !== "locked") return done;
  return {
    ok: false,
    failure: { ...done.failure, remedy: `the service runs: do it there, as an admin, ${how}; or end it` },
  };
}

async function makeToken(dirs: string[], options: ServeOptions, asked: string): Promise<CommandResult> {
  const [{ raise, unwrap }, { makeFirstTokenIn, makeTokenIn, ROLES }] = await Promise.all([
    import("@nacre/core"),
    import("@nacre/server"),
  ]);
  const role = ROLES.find((known) => known === asked);
  if (role === undefined)
    return raise("bad-usage", {
      expected: `--make-token ${ROLES.join(", ")}`,
      received: asked,
      remedy: "name one of them",
    });
  const spec = { name: `${role}, command line`, role, rights: [], projects: null, days: 90 };
  const make = options.ifNone === true ? makeFirstTokenIn : makeTokenIn;
  const made = unwrap(whileStopped<TokenMade | null>(await make(await where(dirs, options), spec), "in its settings"));
  if (made === null) return { json: { token: null }, text: "A good token is there already; none was made." };
  const { token, id } = made;
  return {
    json: { token, id, role, days: spec.days },
    text: `${token}\nThis ${role} token is shown once and ends in ${spec.days} days.`,
  };
}

async function verifyTrail(dirs: string[], options: ServeOptions): Promise<CommandResult> {
  const [{ unwrap }, { verifyTrailIn }] = await Promise.all([import("@nacre/core"), import("@nacre/server")]);
  const told = options.told === undefined ? undefined : await headOf(options.told);
  const check = unwrap(whileStopped(await verifyTrailIn(await where(dirs, options), told), "in its settings"));
  const advice =
    told === undefined
      ? "Rows cut off at the end show only against an earlier head: --told SEQ:HASH, from the log."
      : `The head told at row ${told.seq} is in it.`;
  const text = check.ok
    ? `whole      rows: ${check.rows}\nhead       ${check.rows}:${check.head}\n${advice}`
    : `BROKEN     at row ${check.broken}; rows: ${check.rows}`;
  return { json: check, text, exitCode: check.ok ? 0 : 3 };
}

async function headOf(text: string): Promise<{ seq: number; hash: string }> {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  const { raise } = await import("@nacre/core");
  return raise("bad-usage", {
    expected: "--told SEQ:HASH, a row's number and its 64 hexadecimal digits",
    received: text,
    remedy: 'take it from a line of the log that says "head of the trail"',
  });
}

async function backUp(dirs: string[], options: ServeOptions, file: string): Promise<CommandResult> {
  const [{ raise, unwrap }, server] = await Promise.all([import("@nacre/core"), import("@nacre/server")]);
  const { folder, url } = await where(dirs, options);
  await refuseServer(url);
  if (!existsSync(dirname(resolve(file))))
    raise("missing-file", {
      expected: "a folder for the backup",
      received: `nothing at ${dirname(resolve(file))}`,
      remedy: "make it first, or give another --backup",
    });
  const made = unwrap(whileStopped(await server.backUp(folder, file), "with GET /api/backup"));
  const text = `backup     ${file} (${(made.bytes / 1e6).toFixed(1)} MB)\ntrail      ${made.trail.ok ? "whole" : "BROKEN"}, head ${made.trail.rows}:${made.trail.head}`;
  return { json: made, text, exitCode: made.trail.ok ? 0 : 3 };
}

async function restore(dirs: string[], options: ServeOptions, file: string): Promise<CommandResult> {
  const [{ unwrap }, server] = await Promise.all([import("@nacre/core"), import("@nacre/server")]);
  const { folder, url } = await where(dirs, options);
  await refuseServer(url);
  const done = unwrap(await server.restore(folder, file, { force: options.force === true }));
  const kept = done.before === null ? "" : `\nkept       ${done.before}`;
  const { ok, rows, head } = done.trail;
  return {
    json: done,
    text: `restored   ${file}\ntrail      ${ok ? "whole" : "BROKEN"}, head ${rows}:${head}${kept}`,
    exitCode: ok ? 0 : 3,
  };
}

async function refuseServer(url: string | undefined): Promise<void> {
  if (url === undefined) return;
  const { raise } = await import("@nacre/core");
  raise("bad-usage", {
    expected: "the embedded database",
    received: "a PostgreSQL server (DATABASE_URL)",
    remedy: "use its own tools: pg_dump --format=custom, and pg_restore",
  });
}
