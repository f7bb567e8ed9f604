/** `npm run --silent bench -- NAME [--json]`: measures a part of the product, beside its rival where that is installed. */
const BENCHES = {
  "train-step": async (options) => (await import("./train-step.mjs")).benchTrainStep(options),
  slide: async (options) => (await import("./slide.mjs")).benchSlide(options),
};

const [name = "", ...flags] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined) {
  process.stderr.write(`expected one of ${Object.keys(BENCHES).join(", ")}, received ${name || "nothing"}\n`);
  process.exit(2);
}
const result = await bench({ compare: flags.includes("--compare") });
process.stdout.write(flags.includes("--json") ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, null, 2)}\n`);
