/** The service under measurement, in a process of its own: the bench is its clients. Tells its address, and on request its memory. */
import { startServer } from "../apps/server/dist/start-server.js";

const [folder, data, readers] = process.argv.slice(2);
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
process.send({ kind: "started", url, startMs: performance.now() - began });
const scanned = performance.now();
await services.archive.scan(project);
process.send({ kind: "scanned", scanMs: performance.now() - scanned });
process.on("message", (message) => {
  if (message === "memory") {
    const { rss } = process.memoryUsage();
    process.send({ kind: "memory", rssMiB: rss / 2 ** 20, pool: services.slides.counts() });
  } else close().then(() => process.exit(0));
});
