import { aggregatorContract } from "./aggregator-contract.ts";

aggregatorContract({ name: "max" }, { finds: 0.9, lr: 1e-2 });
