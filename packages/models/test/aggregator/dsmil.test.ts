import { aggregatorContract } from "./aggregator-contract.ts";

aggregatorContract({ name: "dsmil", query: 16, values: true }, { finds: 0.9, lr: 2e-3 });
