/** Files that run one study on many machines: Kubernetes, Slurm, docker compose. Pure: text in, text out. */
import { fail, type Outcome, ok } from "@nacre/core";
import { stringify } from "yaml";

export const CLUSTER_KINDS = ["kubernetes", "slurm", "compose"] as const;
export type ClusterKind = (typeof CLUSTER_KINDS)[number];

export interface ClusterPlan {
  /** Name of the study. */
  readonly name: string;
  /** Study file and run folder as every machine sees them, absolute. */
  readonly study: string;
  readonly out: string;
  readonly shards: number;
  /** Image of a container that has `nacre`. */
  readonly image: string;
  /** Kubernetes: claim of the shared volume, and where it is mounted; compose: the folder of this machine that is mounted there. */
  readonly claim: string;
  readonly mount: string;
  /** Processors and memory of one shard. */
  readonly cpus: number;
  readonly memoryGb: number;
}

export interface ClusterFile {
  readonly name: string;
  readonly text: string;
  readonly isExecutable: boolean;
}

/** The files of a kind, and the last of them says how to begin. Failures: bad-usage of a path that is not absolute. */
export function clusterFiles(kind: ClusterKind, plan: ClusterPlan): Outcome<ClusterFile[]> {
  const relative = [plan.study, plan.out, plan.mount].find((path) => !path.startsWith("/"));
  if (relative !== undefined)
    return fail("bad-usage", {
      expected: "paths that begin with /, the same on every machine",
      received: relative,
      remedy: "name the shared disk as the machines see it",
    });
  if (kind === "kubernetes") return ok(kubernetesFiles(plan));
  return ok(kind === "slurm" ? slurmFiles(plan) : composeFiles(plan));
}

/** A word that a POSIX shell takes as it is. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A name that Kubernetes and compose allow (RFC 1123). */
export function hostName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 50)
    .replace(/-+$/, "");
  return name === "" ? "study" : name;
}

function kubernetesFiles(plan: ClusterPlan): ClusterFile[] {
  const name = `nacre-${hostName(plan.name)}`;
  const { study, out, shards } = plan;
  const shard = `exec nacre run ${shellWord(study)} --out ${shellWord(out)} --shard $((JOB_COMPLETION_INDEX + 1))/${shards}`;
  // A shard in which slides failed ends with 1: that is an answer. The finishing run writes them down.
  const tolerant = `${shard.replace(/^exec /, "")}; code=$?; [ $code -le 1 ] || exit $code`;
  const shardJob = job(`${name}-shards`, plan, tolerant, {
    completionMode: "Indexed",
    completions: shards,
    parallelism: shards,
    backoffLimitPerIndex: 6,
  });
  const finishJob = job(
    `${name}-finish`,
    plan,
    `nacre run ${shellWord(study)} --out ${shellWord(out)} --resume; code=$?; [ $code -le 1 ] || exit $code`,
    { backoffLimit: 2 },
  );
  const begin = `#!/bin/sh
# Encodes on ${shards} pods, then finishes the study on one. Needs kubectl, and the claim ${plan.claim} (ReadWriteMany).
# Stopped in between, it may be run again: it goes on waiting.
set -eu
cd "$(dirname "$0")"
# Waits for the end of a job, however it ends, and fails where it failed.
ended() {
  while :; do
    state=$(kubectl get "job/$1" -o 'jsonpath={.status.conditions[?(@.status=="True")].type}') || exit 1
    case " $state " in
      *" Complete "*) return 0 ;;
      *" Failed "*) echo "job $1 failed; see: kubectl logs -l job-name=$1" >&2; return 1 ;;
    esac
    sleep 10
  done
}
kubectl apply -f shards.yaml
ended ${name}-shards || echo "the finishing run does what is left" >&2
kubectl apply -f finish.yaml
ended ${name}-finish
`;
  return [yamlFile("shards.yaml", shardJob), yamlFile("finish.yaml", finishJob), script("run.sh", begin)];
}

function job(name: string, plan: ClusterPlan, command: string, spec: Readonly<Record<string, unknown>>): unknown {
  const resources = { cpu: String(plan.cpus), memory: `${plan.memoryGb}Gi` };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, labels: { "app.kubernetes.io/name": "nacre", "app.kubernetes.io/instance": name } },
    spec: {
      ...spec,
      ttlSecondsAfterFinished: 604_800,
      template: {
        metadata: { labels: { "app.kubernetes.io/name": "nacre", "app.kubernetes.io/instance": name } },
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: 30,
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 },
          containers: [
            {
              name: "nacre",
              image: plan.image,
              command: ["/bin/sh", "-c", command],
              resources: { requests: resources, limits: { memory: resources.memory } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: [
                { name: "archive", mountPath: plan.mount },
                { name: "tmp", mountPath: "/tmp" },
              ],
            },
          ],
          volumes: [
            { name: "archive", persistentVolumeClaim: { claimName: plan.claim } },
            { name: "tmp", emptyDir: {} },
          ],
        },
      },
    },
  };
}

function slurmFiles({ name, study, out, shards, cpus, memoryGb }: ClusterPlan): ClusterFile[] {
  const title = `nacre-${hostName(name)}`;
  const head = (more: readonly string[]): string =>
    ["#!/bin/bash", ...[`--job-name=${title}`, ...more].map((line) => `#SBATCH ${line}`), "set -u", ""].join("\n");
  const needs = [`--cpus-per-task=${cpus}`, `--mem=${memoryGb}G`];
  const run = `nacre run ${shellWord(study)} --out ${shellWord(out)}`;
  const shard = `${head([...needs, `--array=1-${shards}`, "--requeue", "--output=%x-%A_%a.log"])}
srun ${run} --shard "$SLURM_ARRAY_TASK_ID/${shards}"
code=$?
# 1: some slides failed, which the finishing run writes down.
[ $code -le 1 ] || exit $code
`;
  const finish = `${head([...needs, "--requeue", "--output=%x-finish-%j.log"])}
srun ${run} --resume
`;
  const begin = `#!/bin/bash
# Puts ${shards} shards and the run that finishes them into the queue of Slurm. The last begins when all shards have ended, however they ended: it does what is left.
set -euo pipefail
cd "$(dirname "$0")"
shards=$(sbatch --parsable shards.sbatch)
sbatch --dependency="afterany:\${shards%%;*}" finish.sbatch
`;
  return [script("shards.sbatch", shard), script("finish.sbatch", finish), script("submit.sh", begin)];
}

function composeFiles({ name, mount, claim, image, shards, cpus, memoryGb }: ClusterPlan): ClusterFile[] {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose fills it in
  const database = "postgres://nacre:${NACRE_DATABASE_PASSWORD:?set it in .env}@database/nacre";
  const archive = { type: "bind", source: claim, target: mount };
  const common = { image, restart: "unless-stopped", init: true, volumes: [archive] };
  const depends_on = { database: { condition: "service_healthy" } };
  const compose = {
    name: `nacre-${hostName(name)}`,
    services: {
      database: {
        image: "postgres:17",
        restart: "unless-stopped",
        environment: {
          POSTGRES_USER: "nacre",
          POSTGRES_DB: "nacre",
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose fills it in
          POSTGRES_PASSWORD: "${NACRE_DATABASE_PASSWORD:?set it in .env}",
        },
        volumes: [{ type: "volume", source: "database", target: "/var/lib/postgresql/data" }],
        healthcheck: {
          test: ["CMD-SHELL", "pg_isready -U nacre -d nacre"],
          interval: "5s",
          timeout: "3s",
          retries: 20,
        },
      },
      service: {
        ...common,
        command: [
          "nacre",
          "serve",
          mount,
          "--data",
          "/var/lib/nacre",
          "--host",
          "0.0.0.0",
          "--port",
          "8100",
          "--no-open",
        ],
        environment: { DATABASE_URL: database },
        ports: ["127.0.0.1:8100:8100"],
        volumes: [archive, { type: "volume", source: "service", target: "/var/lib/nacre" }],
        depends_on,
      },
      worker: {
        ...common,
        command: ["nacre", "worker", "--parallel", "1", "--threads", String(cpus)],
        environment: { DATABASE_URL: database },
        stop_grace_period: "30s",
        depends_on,
        deploy: { replicas: shards, resources: { limits: { memory: `${memoryGb}G` } } },
      },
    },
    volumes: { database: {}, service: {} },
  };
  const begin = `#!/bin/sh
# Starts the database, the service and ${shards} workers. The first start makes a password for the database; where no good token is there, one is made to sign in with.
set -eu
cd "$(dirname "$0")"
[ -f .env ] || (umask 077; printf 'NACRE_DATABASE_PASSWORD=%s\\n' "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \\n')" > .env)
docker compose run --rm service nacre serve ${shellWord(mount)} --data /var/lib/nacre --make-token admin --if-none
docker compose up -d
`;
  return [yamlFile("compose.yaml", compose), script("run.sh", begin)];
}

function yamlFile(name: string, value: unknown): ClusterFile {
  return { name, text: stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }), isExecutable: false };
}

function script(name: string, text: string): ClusterFile {
  return { name, text, isExecutable: true };
}
