/** Tables of risks, numbers and several labels made from a seed, as text. Two parts, a trait, hostile names. */
import { randomStream } from "@nacre/core";

export const HOSTILE = `<img src=x onerror=alert(1)>&"'`;

/** `risk,time,event` and foretold survival at 2 and 5. */
export function riskTable(n: number, seed = 1): string {
  const random = randomStream(seed, "risks");
  const lines = Array.from({ length: n }, (_, i) => {
    const risk = random.normal();
    const time = -Math.log(1 - random.uniform()) * 5 * Math.exp(-risk);
    const seen = -Math.log(1 - random.uniform()) * 10;
    const survival = [2, 5].map((t) => Math.exp((-t / 5) * Math.exp(risk)).toFixed(5));
    const follow = `${Math.min(time, seen).toFixed(4)},${time <= seen ? 1 : 0}`;
    return `P${i},${i % 3 === 0 ? "external" : "test"},${i % 2 ? "f" : "m"},${risk.toFixed(5)},${follow},${survival.join(",")}`;
  });
  return `patient,part,sex,risk,time,event,s_2,s_5\n${lines.join("\n")}\n`;
}

/** A number with an error of `scale` / 2. */
export function numberTable(n: number, scale = 1, seed = 2): string {
  const random = randomStream(seed, "numbers");
  const lines = Array.from({ length: n }, (_, i) => {
    const label = scale * random.normal();
    return `P${i},${i % 3 === 0 ? "external" : "test"},${i % 2 ? "f" : "m"},${label},${label + (scale / 2) * random.normal()}`;
  });
  return `patient,part,sex,label,prediction\n${lines.join("\n")}\n`;
}

/** Labels a, and one of a hostile name that nobody has. */
export function labelTable(n: number, seed = 3): string {
  const random = randomStream(seed, "labels");
  const name = `"${HOSTILE.replaceAll('"', '""')}`;
  const lines = Array.from({ length: n }, (_, i) => {
    const p = 1 / (1 + Math.exp(-(i % 2 ? 1 : -1) - random.normal()));
    return `P${i},${i % 3 === 0 ? "external" : "test"},${i % 2},0,${p.toFixed(5)},0.1`;
  });
  const hostile = (prefix: string): string => name.replace('"', `"${prefix}`).concat('"');
  return `patient,part,label_a,${hostile("label_")},p_a,${hostile("p_")}\n${lines.join("\n")}\n`;
}
