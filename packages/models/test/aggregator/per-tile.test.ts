import { aggregatorContract } from "./aggregator-contract.ts";

aggregatorContract({ name: "per-tile", hidden: 32 }, { finds: 0.95, lr: 2e-3 });
