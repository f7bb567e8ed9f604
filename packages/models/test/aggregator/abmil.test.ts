import { aggregatorContract } from "./aggregator-contract.ts";

aggregatorContract({ name: "abmil", hidden: 32, attention: 16 }, { finds: 0.95, lr: 2e-3 });
aggregatorContract(
  { name: "abmil", hidden: 16, layers: 3, attention: 16, gateDropout: false },
  { finds: 0.95, lr: 2e-3 },
);
