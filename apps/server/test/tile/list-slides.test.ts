import { listSlides, makeToken } from "@nacre/api";
import { expect, it } from "vitest";
import { emptyProject } from "../archive/small-project.ts";
import { testServer } from "../test-server.ts";

it("Who may not see names gets slides in the order of what is told, on every page: the order of the names is not told", async () => {
  const folder = emptyProject();
  for (const name of ["adams", "brown", "clark", "davis", "evans", "frank", "ghosh"]) folder.write(`${name}.svs`, name);
  const server = await testServer({ projects: [{ name: "small", folder: folder.folder }] });
  try {
    await server.services.archive.scan(server.services.archive.projects[0]?.key ?? "");
    const { token } = await server.call(makeToken, { body: { name: "no names", role: "viewer", rights: [] } });
    const page = async (offset: number) =>
      (await server.call(listSlides, { query: { offset, limit: 4 } }, { token })).rows.map(({ name }) => name);
    const told = [...(await page(0)), ...(await page(4))];
    expect(told).toHaveLength(7);
    expect(told).toEqual(told.toSorted());
    expect(told.join()).toMatch(/^(slide [0-9a-f]{6},?){7}$/);
  } finally {
    await server.close();
    folder.remove();
  }
});
