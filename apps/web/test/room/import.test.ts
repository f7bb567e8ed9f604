/** Cases brought in from the page, with real files: a folder that fills, a table, and an archive that we did not make (Debian's Orthanc). */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { convertSlide, openSlideFile, writeSyntheticSlide } from "@nacre/imaging/node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Orthanc, orthancAbsence, startOrthanc } from "../../../../packages/imaging/test/write/orthanc.ts";
import { emptyProject, type SmallProject } from "../../../server/test/archive/small-project.ts";
import { isAbsent, openRoom, type Room, seriousViolations } from "./room-server.ts";

const noArchive = orthancAbsence() ?? (spawnSync("dcmodify", ["--version"]).error ? "dcmtk is not installed" : null);
if (noArchive) console.log(`skipped: slides of an archive, brought in from the page, for ${noArchive}`);

describe.skipIf(isAbsent)("cases brought in", () => {
  let project: SmallProject;
  let room: Room;
  let archive: Orthanc | null = null;
  let page: Page;
  const draw = (name: string, seed: number) =>
    writeSyntheticSlide(join(project.folder, name), { seed, width: 900, height: 700, tumourShare: 0.3 });
  const names = () => page.locator(".case-name").allTextContents();

  beforeAll(async () => {
    project = emptyProject();
    if (noArchive === null) archive = await startOrthanc();
    const dicomweb = [{ name: "lab", url: archive?.url("dicom-web/") ?? "http://127.0.0.1:9/dicom-web/" }];
    room = await openRoom({ projects: [{ name: "morning", folder: project.folder }], dicomweb });
    page = await room.open("/");
  }, 120_000);
  afterAll(async () => {
    await room?.close();
    await archive?.stop();
    project?.remove();
  });

  it("from the folder: an empty list says what to do, and what was copied in is found, also what cannot be read", async () => {
    await page.getByRole("heading", { name: "No cases yet" }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await draw("morning-1.svs", 3);
    writeFileSync(join(project.folder, "torn.svs"), "no slide");
    await page.getByRole("button", { name: "Bring in cases…" }).first().click();
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByText(/^Found: 2 cases, 2 slides/).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("2 cases", { exact: true }).waitFor();
    expect((await names()).sort()).toEqual(["morning-1", "torn"]);
  });

  it("from a table: a case of two slides, and what the table lacks is told by its column", async () => {
    await draw("morning-2.svs", 4);
    await page.keyboard.press("i");
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByText(/^Found: 3 cases/).waitFor();
    await page.getByRole("tab", { name: "Table (CSV)" }).click();
    const bring = async (csv: string): Promise<void> => {
      const file = { name: "cases.csv", mimeType: "text/csv", buffer: Buffer.from(csv) };
      await page.getByLabel("Table", { exact: true }).setInputFiles(file);
      await page.getByRole("button", { name: "Bring in", exact: true }).click();
    };
    await bring("slide,who\nmorning-1.svs,P-1\n");
    await page.getByRole("alert").getByText("patient").first().waitFor();
    await bring("slide,patient,case,site\nmorning-1.svs,P-1,C-1,north\nmorning-2.svs,P-1,C-1,north\n");
    await page.getByText("Brought in: 1 case, 2 slides.").waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.keyboard.press("Escape");
    await page.locator(".case-name", { hasText: "C-1" }).waitFor();
    await page.getByText("P-1, 2 slides").waitFor();
  });

  it.skipIf(noArchive !== null)(
    "from an archive: asked by accession number, fetched, and then a case in the list",
    async () => {
      const away = join(project.folder, "..", `${room.folder.split("/").pop()}-away`);
      mkdirSync(away, { recursive: true });
      await writeSyntheticSlide(join(away, "one.svs"), { seed: 12, width: 900, height: 700, tumourShare: 0.3 });
      const opened = unwrap(await openSlideFile(join(away, "one.svs"), { icc: "keep" }));
      unwrap(await convertSlide(opened, join(away, "one.dcm")));
      opened.close();
      for (const name of readdirSync(join(away, "one.dcm"))) {
        const file = join(away, "one.dcm", name);
        spawnSync("dcmodify", ["-nb", "-m", "0010,0020=PX-77", "-m", "0008,0050=ACC-5", file]);
        await fetch(archive?.url("instances") ?? "", { method: "POST", body: new Uint8Array(readFileSync(file)) });
      }
      rmSync(away, { recursive: true });
      await page.keyboard.press("i");
      await page.getByRole("tab", { name: "DICOMweb" }).click();
      await page.getByLabel("Accession number").fill("ACC-9");
      await page.keyboard.press("Enter");
      await page.getByText("The archive holds no slides that fit.").waitFor();
      await page.getByLabel("Accession number").fill("ACC-5");
      await page.keyboard.press("Enter");
      await page.getByText("patient PX-77, accession ACC-5, 3 files").waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole("button", { name: "Fetch" }).click();
      await page.getByText("Brought in.").waitFor();
      await page.keyboard.press("Escape");
      await page.getByText("PX-77, 1 slide").waitFor();
      expect(await names()).toContain("ACC-5");
    },
  );

  it("wrote nothing to the console and asked nobody else", () => {
    // The browser notes by itself that the first table was refused.
    expect(room.wrong.filter((line) => !/\/cases: .*\b422\b/.test(line))).toEqual([]);
    expect(room.strayed).toEqual([]);
  });
});
