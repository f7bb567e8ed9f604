/** What the handlers share: one value, made once, handed to each. */
import type { Kysely } from "kysely";
import type { Archive } from "./archive/archive.ts";
import type { OidcClient } from "./auth/oidc-client.ts";
import type { ServerConfig } from "./config.ts";
import type { EventHub } from "./event-hub.ts";
import type { Queue } from "./job/queue.ts";
import type { Store } from "./store/open-store.ts";
import type { Tables } from "./store/tables.ts";
import type { Studies } from "./study/studies.ts";
import type { SlidePool } from "./tile/slide-pool.ts";
import type { Trail } from "./trail/trail.ts";

export interface Services {
  readonly config: ServerConfig;
  readonly store: Store;
  readonly db: Kysely<Tables>;
  readonly trail: Trail;
  readonly archive: Archive;
  readonly slides: SlidePool;
  readonly queue: Queue;
  readonly studies: Studies;
  readonly events: EventHub;
  /** Where people sign in; null without oidc. */
  readonly provider: OidcClient | null;
  /** Now; a value, so that tests can hold it still. */
  readonly now: () => Date;
  readonly log: {
    info(what: object, text?: string): void;
    warn(what: object, text?: string): void;
    error(what: object, text?: string): void;
  };
}
