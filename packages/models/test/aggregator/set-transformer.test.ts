import { aggregatorContract } from "./aggregator-contract.ts";

const spec = { name: "set-transformer", heads: 2, headWidth: 8, ratio: 1 };
aggregatorContract(spec, { finds: 0.95, lr: 3e-3, isBlindToCopies: false });
aggregatorContract({ ...spec, layers: 1, classToken: false }, { finds: null, lr: 3e-3 });
