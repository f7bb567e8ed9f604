export { ROLES } from "./auth/token.ts";
export type { DicomSource, OidcConfig, ServedFolder, ServerConfig } from "./config.ts";
export { type EventHub, eventHub, type ServiceEvent } from "./event-hub.ts";
export {
  CLUSTER_KINDS,
  type ClusterFile,
  type ClusterKind,
  type ClusterPlan,
  clusterFiles,
} from "./job/cluster-files.ts";
export { type OpenQueue, openQueue, type QueueOptions } from "./job/open-queue.ts";
export { type PathRule, readPathRule } from "./job/path-map.ts";
export { runWorker, type WorkerEnd, type WorkerOptions } from "./job/run-worker.ts";
export { type EncodeWork, unitsOfRun } from "./job/units-of-run.ts";
export { type FoundAlike, type RunSearch, type SearchRunOptions, searchRun } from "./search/search-run.ts";
export type { OnOpening } from "./search/search-work.ts";
export { type ConfigFile, NO_FILE, readConfigFile } from "./service/config-file.ts";
export { examineAddress, type ServerCheck } from "./service/examine-address.ts";
export { examineConfig } from "./service/examine-config.ts";
export { makeFirstTokenIn, makeTokenIn, type TokenMade, verifyTrailIn } from "./service/use-store.ts";
export { type RunningServer, type StartOptions, startServer } from "./start-server.ts";
export { type BackupMade, backUp, type Restored, restore } from "./store/backup.ts";
export { openStore, type Store, type StoreOptions } from "./store/open-store.ts";
export type { TrailCheck } from "./trail/trail.ts";
