import { aggregatorContract } from "./aggregator-contract.ts";

const branches = { segment1: 16, segment2: 64, segment3: 512, segment4: 0, segment5: 0 };
const small = { width: 16, layers: 2, layer: 1, heads: 4, ffn: 32, dropout: 0, ...branches };
aggregatorContract({ name: "longnet", ...small }, { finds: null, lr: 2e-3, isBlindToCopies: false });
