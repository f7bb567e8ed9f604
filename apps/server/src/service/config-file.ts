/** The configuration file of a service (YAML): what does not fit on a command line. A key that is not known is refused, with the nearest that is. */
import { readFileSync } from "node:fs";
import { rightSchema, roleSchema } from "@nacre/api";
import { attempt, nearestName, type Outcome, raise } from "@nacre/core";
import ipaddr from "ipaddr.js";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";

function isNetwork(text: string): boolean {
  return ipaddr.isValid(text) || ipaddr.isValidCIDR(text);
}

const webAddress = z.url({ protocol: /^https?$/, error: "an address: https://…" });

const groupTable = z.record(z.string(), z.array(z.string()));

const oidcSchema = z.strictObject({
  issuer: webAddress,
  clientId: z.string().min(1),
  /** Left out, the variable NACRE_OIDC_SECRET is read. */
  clientSecret: z.string().min(1).optional(),
  scope: z.string().optional(),
  claim: z.string().min(1).default("groups"),
  roles: z.record(z.string(), roleSchema),
  projects: groupTable.optional(),
  rights: z.record(z.string(), z.array(rightSchema)).optional(),
});

const dicomSchema = z.strictObject({
  name: z.string().regex(/^[\w-]{1,60}$/, "letters, digits, - and _, at most 60"),
  url: webAddress,
  headers: z.record(z.string(), z.string()).optional(),
});

const configSchema = z.strictObject({
  projects: z.array(z.strictObject({ name: z.string().default(""), folder: z.string().min(1) })).default([]),
  data: z.string().min(1).optional(),
  host: z.string().min(1).optional(),
  port: z.int().min(0).max(65_535).optional(),
  publicUrl: webAddress.optional(),
  /** Proxies on other machines, whose word on the caller's address is believed. */
  proxies: z.array(z.string().refine(isNetwork, "an address, or a network such as 10.1.0.0/16")).default([]),
  databaseUrl: z.url({ protocol: /^postgres(ql)?$/, error: "postgres://user@host/database" }).optional(),
  /** Where workers put features that they cannot put into the service's folders. */
  store: z
    .string()
    .regex(/^s3:\/\/./, "s3://bucket/prefix")
    .optional(),
  oidc: oidcSchema.optional(),
  tokens: z.boolean().default(true),
  dicomweb: z.array(dicomSchema).default([]),
  webhookHosts: z.array(z.string().min(1)).default([]),
  readers: z.int().min(1).max(64).optional(),
  /** Megabytes of the largest body of a request. */
  maxBodyMb: z.int().min(1).max(2048).default(32),
});

export type ConfigFile = z.output<typeof configSchema>;

/** What holds where there is no file. */
export const NO_FILE: ConfigFile = configSchema.parse({});

/** Reads and checks a configuration file. Failures: missing-file, bad-usage. */
export function readConfigFile(path: string): Promise<Outcome<ConfigFile>> {
  return attempt(() => checkConfig(parseYaml(readText(path), path), path));
}

/** @throws FailureError bad-usage */
export function checkConfig(value: unknown, path: string): ConfigFile {
  const parsed = configSchema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  // A misspelt key explains the missing one beside it.
  const issue = issues.find((i) => i.code === "unrecognized_keys") ?? issues[0];
  const isWhole = issue === undefined || issue.path.length === 0;
  const place = isWhole ? "the file" : issue.path.map(String).join(".");
  if (issue?.code === "unrecognized_keys") {
    const known = knownKeys(issue.path);
    const near = nearestName(issue.keys[0] ?? "", known);
    return bad(
      `keys of ${place} among ${known.join(", ")}`,
      `\`${issue.keys[0]}\` in ${path}`,
      near === null ? "leave it out" : `did you mean \`${near}\`?`,
    );
  }
  const received = isWhole ? value : valueAt(value, issue.path);
  return bad(
    isWhole ? "a file of lines `key: value`" : `${place}: ${wanted(issue)}`,
    `${issue?.path.some((key) => SECRET.has(key)) ? "something else" : inWords(received)} in ${path}`,
    received === null ? `give ${place} a value, or leave the key out` : `correct ${place}`,
  );
}

/** Keys whose values are not repeated. */
const SECRET: ReadonlySet<PropertyKey> = new Set(["clientSecret", "databaseUrl", "headers"]);

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list (each entry begins with a dash)",
  object: "lines `key: value`",
  record: "lines `key: value`",
};

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "invalid_type":
      return KINDS[issue.expected] ?? issue.expected;
    case "too_big":
      return `at most ${issue.maximum}`;
    case "too_small":
      return issue.origin === "string" ? "a text that is not empty" : `at least ${issue.minimum}`;
    default:
      return issue.message;
  }
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

function inWords(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "an empty value";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "keys and values";
  return typeof value === "string" ? quoted(value) : `\`${String(value)}\``;
}

function quoted(text: string): string {
  return text.length > 80 ? "a long text" : `the text \`${text}\``;
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  const shapes: Record<string, z.ZodObject> = { oidc: oidcSchema, dicomweb: dicomSchema };
  if (path[0] === "projects") return ["name", "folder"];
  return Object.keys((shapes[String(path[0] ?? "")] ?? configSchema).shape);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return raise("missing-file", {
      expected: "a configuration file (YAML)",
      received: `${UNREAD[(error as NodeJS.ErrnoException).code ?? ""] ?? "nothing that can be read"} at ${path}`,
      remedy: "check the path given with --config",
    });
  }
}

const UNREAD: Readonly<Record<string, string>> = {
  ENOENT: "nothing",
  EISDIR: "a folder",
  EACCES: "a file that this user may not read",
};

function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const [why = ""] = error.message.split(" at line ");
    const at = error.linePos?.[0].line;
    return bad("valid YAML", `${why}${at === undefined ? "" : `, line ${at}`} of ${path}`, `mend ${path}`);
  }
}

function bad(expected: string, received: string, remedy: string): never {
  return raise("bad-usage", { expected, received, remedy });
}
