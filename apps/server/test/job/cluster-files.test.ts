/** Files for clusters: read by their own tools where those are here, and by their shape. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { CLUSTER_KINDS, type ClusterPlan, clusterFiles, hostName } from "../../src/job/cluster-files.ts";

const PLAN: ClusterPlan = {
  name: "EGFR study, it's 2026",
  study: "/mnt/shared/it's here/study.yaml",
  out: "/mnt/shared/out folder",
  shards: 3,
  image: "registry.example/nacre:1",
  claim: "archive",
  mount: "/mnt/shared",
  cpus: 4,
  memoryGb: 16,
};

const filesOf = (kind: (typeof CLUSTER_KINDS)[number]) =>
  new Map(unwrap(clusterFiles(kind, PLAN)).map(({ name, text }) => [name, text]));

describe("files for a cluster", () => {
  it.each(CLUSTER_KINDS)("%s: every script is one that a shell can read", (kind) => {
    const folder = mkdtempSync(join(tmpdir(), "nacre-cluster-"));
    for (const { name, text, isExecutable } of unwrap(clusterFiles(kind, PLAN))) {
      if (!isExecutable) continue;
      writeFileSync(join(folder, name), text);
      const shell = text.startsWith("#!/bin/sh") ? "sh" : "bash";
      const { status, stderr } = spawnSync(shell, ["-n", join(folder, name)], { encoding: "utf8" });
      expect([status, stderr]).toEqual([0, ""]);
    }
    rmSync(folder, { recursive: true });
  });

  it("kubernetes: an Indexed Job whose command names each shard once, with the words as they are", () => {
    const job = parse(filesOf("kubernetes").get("shards.yaml") ?? "");
    expect([job.apiVersion, job.kind]).toEqual(["batch/v1", "Job"]);
    expect(job.metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    const { completionMode, completions, parallelism, template } = job.spec;
    expect([completionMode, completions, parallelism]).toEqual(["Indexed", 3, 3]);
    expect(template.spec.restartPolicy).toBe("Never");
    const [shell, flag, command] = template.spec.containers[0].command;
    const told = [0, 1, 2].map((index) => {
      const echo = `nacre() { printf '%s\\n' "$@"; }; ${command}`;
      const env = { ...process.env, JOB_COMPLETION_INDEX: String(index) };
      return execFileSync(shell, [flag, echo], { env, encoding: "utf8" }).trim().split("\n");
    });
    expect(told).toEqual(
      ["1/3", "2/3", "3/3"].map((shard) => ["run", PLAN.study, "--out", PLAN.out, "--shard", shard]),
    );
  });

  it("kubernetes: volumes that are mounted are there, and nothing runs as root", () => {
    for (const name of ["shards.yaml", "finish.yaml"]) {
      const { spec } = parse(filesOf("kubernetes").get(name) ?? "").spec.template;
      const volumes = spec.volumes.map((volume: { name: string }) => volume.name);
      expect(spec.containers[0].volumeMounts.map((mount: { name: string }) => mount.name)).toEqual(volumes);
      expect(spec.securityContext.runAsNonRoot).toBe(true);
    }
  });

  it.each([
    ["Complete", "SuccessCriteriaMet Complete", 0, ["apply -f shards.yaml", "apply -f finish.yaml"]],
    ["Failed", "Complete", 0, ["apply -f shards.yaml", "apply -f finish.yaml"]],
    ["Complete", "FailureTarget Failed", 1, ["apply -f shards.yaml", "apply -f finish.yaml"]],
  ])("kubernetes: shards that end as %s and a last run as %s end the waiting", (shards, finish, code, wanted) => {
    const folder = mkdtempSync(join(tmpdir(), "nacre-kubectl-"));
    const log = join(folder, "log");
    // Each job is still working when it is first asked about.
    const kubectl = `#!/bin/sh
case "$1 $2" in
  apply*) echo "$@" >> ${log} ;;
  *) [ -f "${folder}/\${2##*-}" ] || { touch "${folder}/\${2##*-}"; exit 0; }
     case "$2" in *-shards) echo "${shards}" ;; *) echo "${finish}" ;; esac ;;
esac
`;
    writeFileSync(join(folder, "kubectl"), kubectl, { mode: 0o755 });
    writeFileSync(join(folder, "sleep"), "#!/bin/sh\n", { mode: 0o755 });
    writeFileSync(join(folder, "run.sh"), filesOf("kubernetes").get("run.sh") ?? "");
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const { status, stderr } = spawnSync("sh", [join(folder, "run.sh")], { env, encoding: "utf8", timeout: 10_000 });
    expect(status, stderr).toBe(code);
    expect(stderr.includes("failed")).toBe([shards, finish].join(" ").includes("Failed"));
    expect(execFileSync("cat", [log], { encoding: "utf8" }).trim().split("\n")).toEqual(wanted);
    rmSync(folder, { recursive: true });
  });

  it("slurm: an array of as many tasks as shards, and a last run that waits for all of them", () => {
    const files = filesOf("slurm");
    const shards = files.get("shards.sbatch") ?? "";
    expect(shards).toMatch(/^#SBATCH --array=1-3$/m);
    expect(shards).toContain('--shard "$SLURM_ARRAY_TASK_ID/3"');
    // Directives after the first command are not read by Slurm.
    const lines = shards.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(shards.lastIndexOf("#SBATCH")).toBeLessThan(shards.indexOf(lines[0] ?? ""));
    const folder = mkdtempSync(join(tmpdir(), "nacre-slurm-"));
    const log = join(folder, "log");
    writeFileSync(join(folder, "sbatch"), `#!/bin/sh\necho "$@" >> ${log}\necho "42;cluster"\n`, { mode: 0o755 });
    writeFileSync(join(folder, "submit.sh"), files.get("submit.sh") ?? "");
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    execFileSync("bash", [join(folder, "submit.sh")], { env });
    const asked = execFileSync("cat", [log], { encoding: "utf8" }).trim().split("\n");
    expect(asked).toEqual(["--parsable shards.sbatch", "--dependency=afterany:42 finish.sbatch"]);
    rmSync(folder, { recursive: true });
  });

  it("compose: workers wait for the database, and the password stands in no file of ours", () => {
    const compose = parse(filesOf("compose").get("compose.yaml") ?? "");
    expect(Object.keys(compose.services)).toEqual(["database", "service", "worker"]);
    const { worker, service } = compose.services;
    expect(worker.deploy.replicas).toBe(3);
    expect(worker.depends_on.database.condition).toBe("service_healthy");
    expect(service.ports).toEqual(["127.0.0.1:8100:8100"]);
    expect(JSON.stringify(compose)).not.toMatch(/PASSWORD":"(?!\$\{)/);
    expect(filesOf("compose").get("run.sh")).toContain("--make-token admin --if-none\n");
    const named = Object.keys(compose.volumes);
    for (const { volumes } of Object.values(compose.services) as { volumes: { type: string; source: string }[] }[])
      for (const { type, source } of volumes) if (type === "volume") expect(named).toContain(source);
  });

  it("are refused for paths that are not the same everywhere", () => {
    const outcome = clusterFiles("slurm", { ...PLAN, study: "study.yaml" });
    expect(outcome.ok ? null : outcome.failure.kind).toBe("bad-usage");
    expect(hostName("  Ünïcode & Co. ")).toBe("n-code-co");
  });
});
