/** The configuration file of a service (YAML): what does not fit on a command line. A key that is not known is refused, with the nearest that is. */
import { readFileSync } from "node:fs";
import { rightSchema, roleSchema } from "@nacre/api";
import { attempt, nearestName, type Outcome, raise } from "@nacre/core";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";

const groupTable = z.record(z.string(), z.array(z.string()));

const oidcSchema = z.strictObject({
  issuer: z.url({ protocol: /^https?$/ }),
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
  url: z.url({ protocol: /^https?$/ }),
  headers: z.record(z.string(), z.string()).optional(),
});

const configSchema = z.strictObject({
  projects: z.array(z.strictObject({ name: z.string().default(""), folder: z.string().min(1) })).default([]),
  data: z.string().min(1).optional(),
  host: z.string().min(1).optional(),
  port: z.int().min(0).max(65_535).optional(),
  publicUrl: z.url({ protocol: /^https?$/ }).optional(),
  databaseUrl: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
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
  const place = issue === undefined || issue.path.length === 0 ? "the file" : issue.path.map(String).join(".");
  if (issue?.code === "unrecognized_keys") {
    const known = knownKeys(issue.path);
    const near = nearestName(issue.keys[0] ?? "", known);
    return bad(
      `keys of ${place} among ${known.join(", ")}`,
      `\`${issue.keys[0]}\` in ${path}`,
      near === null ? "leave it out" : `did you mean \`${near}\`?`,
    );
  }
  return bad(`${place}: ${wanted(issue)}`, `something else in ${path}`, `correct ${place}`);
}

function wanted(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "invalid_value") return `one of ${issue.values.map(String).join(", ")}`;
  return issue?.message ?? "another value";
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
      received: `${(error as NodeJS.ErrnoException).code ?? "nothing"} at ${path}`,
      remedy: "check the path given with --config",
    });
  }
}

function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    return bad("valid YAML", `line ${error.linePos?.[0].line ?? "?"} of ${path} that is none`, `mend ${path}`);
  }
}

function bad(expected: string, received: string, remedy: string): never {
  return raise("bad-usage", { expected, received, remedy });
}
