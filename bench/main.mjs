/** `npm run --silent bench -- NAME [ARGUMENTS] [--json]`: measures a part of the product, beside its rival where that is installed. */
const BENCHES = {
  "train-step": async (options) => (await import("./train-step.mjs")).benchTrainStep(options),
  parity: async (options) => (await import("./parity.mjs")).benchParity(options),
  "classic-bags": async (options) => (await import("./classic-bags.mjs")).benchClassicBags(options),
  longnet: async () => (await import("./longnet.mjs")).benchLongnet(),
  "serve-tiles": async (options) => (await import("./serve-tiles.mjs")).benchServeTiles(options),
  workers: async (options) => (await import("./workers.mjs")).benchWorkers(options),
  search: async (options) => (await import("./search.mjs")).benchSearch(options),
  slide: async (options) => (await import("./slide.mjs")).benchSlide(options),
};

const [name = "", ...flags] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined) {
  process.stderr.write(`expected one of ${Object.keys(BENCHES).join(", ")}, received ${name || "nothing"}\n`);
  process.exit(2);
}
const rest = flags.filter((flag) => !flag.startsWith("--"));
const result = await bench({ compare: flags.includes("--compare"), rest });
process.stdout.write(flags.includes("--json") ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, null, 2)}\n`);
