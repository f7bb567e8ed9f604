/** Opens a page in the browser of the person at this machine; does nothing where there is none. */
import { spawn } from "node:child_process";

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

export function openBrowser(url: string): void {
  const { DISPLAY, WAYLAND_DISPLAY, SSH_CONNECTION } = process.env;
  const own = OPENERS[process.platform];
  const hasDisplay = own !== undefined || DISPLAY !== undefined || WAYLAND_DISPLAY !== undefined;
  if (!hasDisplay || SSH_CONNECTION !== undefined || process.stdout.isTTY !== true) return;
  const [command, ...args] = own ?? ["xdg-open"];
  const child = spawn(command, [...args, url], { detached: true, stdio: "ignore" });
  child.once("error", () => {});
  child.unref();
}
