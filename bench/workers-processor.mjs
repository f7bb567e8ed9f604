/** Processor seconds of processes, read from /proc: they are steadier than the clock where others share the cores. null elsewhere. */
import { readdirSync, readFileSync } from "node:fs";

/** Ticks a second, as Linux counts for every program (USER_HZ). */
const TICKS = 100;

/** What a process has used with all its threads, and, with `children`, what its children use and used. */
export function processorSeconds(pid, { children = false } = {}) {
  const own = statOf(pid);
  if (own === null) return null;
  if (!children) return (own.user + own.system) / TICKS;
  const living = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((stat) => stat?.parent === pid);
  const ticks = [own, ...living].reduce((sum, { user, system }) => sum + user + system, own.ended);
  return ticks / TICKS;
}

function statOf(pid) {
  try {
    // The name, in brackets, may hold anything; fields are counted behind it (proc(5): 4 parent, 14 to 17 times).
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15);
    return { parent: fields[1], user, system, ended: endedUser + endedSystem };
  } catch {
    return null;
  }
}
