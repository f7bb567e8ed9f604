/** The database of the workers' bench, for tests in TypeScript. */
export interface OwnPostgres {
  readonly port: number;
  url(port?: number, host?: string): string;
  start(): Promise<void>;
  stop(): void;
  /** Ends it and takes its folder away. */
  remove(): void;
}

/** A PostgreSQL of its own on loopback; null where none is installed. */
export function startPostgres(): Promise<OwnPostgres | null>;

export interface Proxy {
  readonly port: number;
  cut(): void;
  mend(): void;
  close(): void;
}

export function startProxy(to: number, host?: string): Promise<Proxy>;
