/** Starts the service: database, trail, archive, readers of slides, queue, and the door they stand behind; and closes it again in order. */
import { setMaxListeners } from "node:events";
import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { attempt, FailureError, type Outcome, ok, raise } from "@nacre/core";
import type { FastifyInstance } from "fastify";
import { openArchive } from "./archive/folder-archive.ts";
import { oidcClient } from "./auth/oidc-client.ts";
import { checkOpenness, isReadable, needsSignIn } from "./auth/openness.ts";
import { hasToken } from "./auth/token.ts";
import { watchProvider } from "./auth/watch-provider.ts";
import type { ServerConfig } from "./config.ts";
import { eventHub } from "./event-hub.ts";
import { openQueue } from "./job/open-queue.ts";
import { closeSearch } from "./search/search-desk.ts";
import { ALL_ROUTES } from "./serve/all-routes.ts";
import { buildServer } from "./serve/build-server.ts";
import { type AppOptions, newApp } from "./serve/new-app.ts";
import { reachableAt } from "./serve/reachable.ts";
import type { Services } from "./services.ts";
import { openStore } from "./store/open-store.ts";
import { openStudies } from "./study/run-desk.ts";
import { KeptPictures } from "./tile/kept-pictures.ts";
import { ThreadSlidePool } from "./tile/open-slide-pool.ts";
import { ROOT } from "./trail/chain.ts";
import { headText, openTrail, type TrailHead } from "./trail/open-trail.ts";
import { startWebhooks } from "./webhook/webhooks.ts";

export interface StartOptions extends Partial<AppOptions> {
  /** Checks each reply against its schema: for tests. */
  readonly checkReplies?: boolean;
  readonly now?: () => Date;
  readonly heartbeatMs?: number;
}

export interface RunningServer {
  /** Where it answers: http://127.0.0.1:8100 */
  readonly url: string;
  /** Where people reach it, the likeliest first: the public address, or those of this machine. */
  readonly addresses: readonly string[];
  readonly services: Services;
  /** Takes no more requests, ends those under way within ten seconds, then closes what is open. @returns the end of the trail */
  close(): Promise<TrailHead>;
}

/** Requests that have not ended after this are cut off when the service closes. */
export const CLOSE_MS = 10_000;

/** Threads that read slides start so long after the service listens: their start would hold up the first page. */
const WARM_MS = 1000;

type Step = () => Promise<unknown> | unknown;

/** @returns the service, listening; `refused` where others could reach it and nobody need, or can, sign in; `locked`; `bad-usage` where the port is taken */
export async function startServer(config: ServerConfig, options: StartOptions = {}): Promise<Outcome<RunningServer>> {
  const open = checkOpenness(config);
  if (!open.ok) return open;
  /** What must be done to close, the last first. */
  const toClose: Step[] = [];
  let closed: Promise<void> | null = null;
  let head: TrailHead = { seq: 0, hash: ROOT };
  const atEnd = (end: TrailHead) => {
    head = end;
  };
  const close = async () => {
    closed ??= closeAll(toClose);
    await closed;
    return head;
  };
  const started = await attempt(() => start(config, options, { toClose, atEnd })).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  if (started.ok) return ok({ ...started.value, close });
  await close();
  return started;
}

async function closeAll(steps: Step[]): Promise<void> {
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) await step();
}

/** @throws FailureError */
async function start(
  given: ServerConfig,
  options: StartOptions,
  { toClose, atEnd }: { readonly toClose: Step[]; readonly atEnd: (head: TrailHead) => void },
): Promise<Omit<RunningServer, "close">> {
  mkdirSync(given.data, { recursive: true, mode: 0o700 });
  const data = realpathSync(given.data);
  const url = given.databaseUrl;
  const opened = await openStore({ folder: data, ...(url === undefined ? {} : { url }) });
  if (!opened.ok) throw new FailureError(opened.failure);
  const store = opened.value;
  toClose.push(() => store.close());
  const { db } = store;
  const now = options.now ?? (() => new Date());
  if (needsSignIn(given) && given.oidc === undefined && !(await hasToken(db, now())))
    raise("refused", {
      expected: "a token to sign in with, for a service that others can reach",
      received: "none that is good",
      remedy:
        "make the first: nacre serve DIR --make-token admin, with the same DIR, --data and --config; or configure oidc",
    });
  const app = newApp(given, { log: false, ...options });
  const archive = await openArchive({ projects: given.projects, db, data, now });
  const trail = openTrail({ db, now, log: app.log });
  let listens = false;
  toClose.push(async () => {
    const head = await trail.head();
    atEnd(head);
    if (listens) app.log.info({ trail: headText(head) }, "closed; head of the trail");
  });
  const closing = new AbortController();
  // Every request under way listens to it.
  setMaxListeners(0, closing.signal);
  const provider = given.oidc === undefined ? null : oidcClient(given.oidc, closing.signal);
  const slides = new ThreadSlidePool({ readers: given.readers, kept: new KeptPictures(join(data, "tiles")) });
  const config: ServerConfig = { ...given, data, projects: archive.projects };
  const events = eventHub();
  const { log } = app;
  const queue = openQueue({
    store,
    now,
    onChange: () => events.tell({ kind: "jobs" }),
    say: (text) => log.warn({}, text),
  });
  toClose.push(() => queue.close());
  const studies = await openStudies({ archive, config, db, events, log, now, queue, store });
  const services: Services = { config, store, db, trail, archive, slides, queue, studies, events, provider, now, log };
  toClose.push(() => services.slides.close());
  toClose.push(() => closeSearch(db));
  toClose.push(() => studies.close());
  const webhooks = startWebhooks(services, () => queue.boss());
  toClose.push(() => webhooks.close());
  await buildServer(app, {
    handled: ALL_ROUTES,
    services,
    closing: closing.signal,
    checkReplies: options.checkReplies ?? false,
    heartbeatMs: options.heartbeatMs ?? 15_000,
  });
  toClose.push(async () => {
    closing.abort();
    const late = setTimeout(() => app.server.closeAllConnections(), CLOSE_MS);
    await app.close();
    clearTimeout(late);
  });
  const address = await listen(app, given);
  listens = true;
  log.info({ trail: headText(await trail.head()) }, "open; head of the trail");
  if (isReadable(given))
    log.warn({}, "what people send and see goes over the network in the clear: put https before it, and set publicUrl");
  if (provider !== null) void watchProvider(provider, log, closing.signal);
  // Where pages are served, somebody looks at a slide in a moment; the page itself comes first.
  const warming = given.web === null ? undefined : setTimeout(() => slides.warm(), WARM_MS).unref();
  toClose.push(() => clearTimeout(warming));
  const scans = archive.projects.map(({ key }) => scanBehind(services, key));
  // Before the database closes; a scan of a very large folder is left behind and begins anew at the next start.
  toClose.splice(1, 0, () => Promise.race([Promise.all(scans), rest(CLOSE_MS)]));
  return { url: address, addresses: reachableAt(given, Number(new URL(address).port)), services };
}

async function listen(app: FastifyInstance, { host, port }: ServerConfig): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!["EADDRINUSE", "EACCES", "EADDRNOTAVAIL", "ENOTFOUND"].includes(code)) throw error;
    return raise("bad-usage", {
      expected: `to be able to listen at ${host}, port ${port}`,
      received: code === "EADDRINUSE" ? "a port that another program uses" : code,
      remedy: "give another with --port, or end the other program",
    });
  }
}

/** Looks into a project's folder while the pages are there already. */
async function scanBehind({ archive, log }: Services, project: string): Promise<void> {
  const started = performance.now();
  try {
    // What was left names files: it is for people, never for the log.
    const { left: _, ...counts } = await archive.scan(project);
    log.info({ project, ...counts, ms: Math.round(performance.now() - started) }, "scanned");
  } catch (error) {
    log.error({ project, err: error }, "the folder could not be scanned");
  }
}

function rest(ms: number): Promise<void> {
  return new Promise((end) => void setTimeout(end, ms).unref());
}
