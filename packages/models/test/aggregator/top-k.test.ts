import { aggregatorContract } from "./aggregator-contract.ts";

aggregatorContract(
  { name: "top-k", hidden: 32, count: 1, share: 0.1 },
  { finds: 0.95, lr: 2e-3, isBlindToCopies: false },
);
