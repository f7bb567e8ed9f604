import { aggregatorContract } from "./aggregator-contract.ts";

aggregatorContract({ name: "chief", hidden: 32, attention: 16 }, { finds: 0.95, lr: 2e-3 });
