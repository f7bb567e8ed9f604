import { describe, expect, test } from "vitest";
import { reach } from "../../src/webhook/reach.ts";

const names: Record<string, string[]> = {
  "hooks.example.org": ["93.184.216.34"],
  "inside.example.org": ["10.0.0.7"],
  "both.example.org": ["93.184.216.34", "127.0.0.1"],
  "six.example.org": ["2606:2800:220:1::1"],
  "metadata.example.org": ["169.254.169.254"],
};
const resolve = async (host: string) => names[host] ?? [];
const kind = async (url: string, hosts: readonly string[]) => {
  const made = await reach(url, { hosts, resolve });
  return made.ok ? made.value.address : made.failure.kind;
};

describe("where a webhook may go", () => {
  test("nowhere that the configuration does not name", async () => {
    expect(await kind("https://hooks.example.org/x", [])).toBe("refused");
    expect(await kind("https://hooks.example.org/x", ["other.example.org"])).toBe("refused");
    expect(await kind("https://hooks.example.org/x", ["hooks.example.org"])).toBe("93.184.216.34");
    expect(await kind("https://HOOKS.example.org./x", ["hooks.example.org"])).toBe("93.184.216.34");
    expect(await kind("https://six.example.org/x", ["*"])).toBe("2606:2800:220:1::1");
  });

  test.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://017700000001/",
    "http://0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://inside.example.org/",
    "http://both.example.org/",
    "http://metadata.example.org/",
  ])("not inside the house where every public host is allowed: %s", async (url) => {
    expect(await kind(url, ["*"])).toBe("refused");
  });

  test.each([
    "ftp://hooks.example.org/",
    "file:///etc/passwd",
    "gopher://hooks.example.org/",
    "https://me:secret@hooks.example.org/",
    "no address",
  ])("not by other means: %s", async (url) => {
    expect(await kind(url, ["*", "hooks.example.org"])).toBe("refused");
  });

  test("inside the house where the host is named, but never to a cloud's secrets by a name", async () => {
    expect(await kind("http://inside.example.org/", ["inside.example.org"])).toBe("10.0.0.7");
    expect(await kind("http://127.0.0.1:9/", ["127.0.0.1"])).toBe("127.0.0.1");
    expect(await kind("http://[::1]:9/", ["::1"])).toBe("::1");
    expect(await kind("http://metadata.example.org/", ["metadata.example.org"])).toBe("refused");
  });

  test("a name without an address is no refusal: it may have one tomorrow", async () => {
    expect(await kind("https://gone.example.org/", ["*"])).toBe("bad-value");
  });
});
