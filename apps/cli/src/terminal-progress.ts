/** Progress for people: a bar on a terminal, a line every few seconds in a log, on stderr either way. */
import type { Progress } from "@nacre/pipeline";
import { Presets, SingleBar } from "cli-progress";

const LOG_EVERY_MS = 5000;

/** `quiet`: with --json and no terminal nothing is drawn, remarks still go to stderr. */
export function terminalProgress(quiet: boolean): Progress {
  return process.stderr.isTTY ? barProgress() : logProgress(quiet);
}

function barProgress(): Progress {
  let bar: SingleBar | null = null;
  const end = (): void => {
    bar?.stop();
    bar = null;
  };
  return {
    begin(title, total) {
      end();
      if (total === 0) return;
      bar = new SingleBar(
        {
          format: `${title.padEnd(18)} {bar} {percentage}% | {value}/{total} | {eta_formatted} left | {note}`,
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
          fps: 8,
          autopadding: true,
        },
        Presets.shades_classic,
      );
      bar.start(total, 0, { note: "" });
    },
    advance(done, note) {
      bar?.update(done, { note: (note ?? "").slice(0, 40) });
    },
    end,
    say(text) {
      end();
      process.stderr.write(`${text}\n`);
    },
  };
}

function logProgress(quiet: boolean): Progress {
  let title = "";
  let total = 0;
  let last = 0;
  return {
    begin(name, count) {
      title = name;
      total = count;
      last = performance.now();
      if (!quiet && count > 0) process.stderr.write(`${name}: ${count} to do\n`);
    },
    advance(done) {
      const now = performance.now();
      if (quiet || now - last < LOG_EVERY_MS) return;
      last = now;
      process.stderr.write(`${title}: ${Math.round(done)} of ${total}\n`);
    },
    end() {},
    say(text) {
      process.stderr.write(`${text}\n`);
    },
  };
}
