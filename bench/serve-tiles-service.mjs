/** The service under measurement, in a process of its own: the bench is its clients. Tells its address, and on request its memory and processor time. */
import { makeToken } from "../apps/server/dist/auth/token.js";
import { startServer } from "../apps/server/dist/start-server.js";

const [folder, data, readers, people] = process.argv.slice(2);
const began = performance.now();
const started = await startServer(
  {
    projects: [{ name: "bench", folder }],
    data,
    host: "127.0.0.1",
    port: 0,
    tokens: true,
    dicomweb: [],
    webhookHosts: [],
    readers: Number(readers),
    web: data,
    maxBody: 1_000_000,
  },
  { log: false },
);
if (!started.ok) throw new Error(JSON.stringify(started.failure));
const { url, services, close } = started.value;
const project = services.archive.projects[0].key;
const startMs = performance.now() - began;
const tokens = [];
for (let i = 0; i < Number(people); i++) {
  const spec = { name: `viewer ${i}`, role: "viewer", rights: [], projects: null, days: 1 };
  tokens.push((await makeToken(services.db, spec, new Date())).token);
}
process.send({ kind: "started", url, startMs, tokens });
const scanned = performance.now();
await services.archive.scan(project);
process.send({ kind: "scanned", scanMs: performance.now() - scanned });
process.on("message", (message) => {
  if (message === "memory") {
    const { rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const processorS = (user + system) / 1e6;
    process.send({ kind: "memory", rssMiB: Math.round(rss / 2 ** 20), processorS, pool: services.slides.counts() });
  } else close().then(() => process.exit(0));
});
