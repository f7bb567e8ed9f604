import { aggregatorContract } from "./aggregator-contract.ts";

aggregatorContract({ name: "clam-mb", hidden: 32, attention: 16 }, { finds: 0.95, lr: 2e-3 });
