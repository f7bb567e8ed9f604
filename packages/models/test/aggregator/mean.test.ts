import { aggregatorContract } from "./aggregator-contract.ts";

aggregatorContract({ name: "mean" }, { finds: null, lr: 1e-2 });
