import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { report } from "../../test/report.js";
import { writeReport, writeWhole } from "./write-report.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anabranch-report-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("writeReport", () => {
  it("writes what it is given, makes missing folders and leaves no other file", async () => {
    const path = join(folder, "a/b/report.json");
    await writeReport(path, report);
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual(report);
    expect(await readdir(join(folder, "a/b"))).toEqual(["report.json"]);
  });

  it("replaces a file that is there", async () => {
    const path = join(folder, "report.json");
    await writeFile(path, "old and longer than what replaces it".repeat(1000));
    await writeReport(path, { examples: 1 });
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({ examples: 1 });
  });

  it("names the field that is not finite, and writes nothing", async () => {
    const path = join(folder, "report.json");
    const broken = { ...report, acceptanceByPosition: [0.5, Number.NaN] };
    await expect(writeReport(path, broken)).rejects.toMatchObject({
      code: "NOT_FINITE",
      subject: "acceptanceByPosition[1]",
    });
    const nested = { ...report, plain: { tokensPerSecond: Infinity } };
    await expect(writeReport(path, nested)).rejects.toMatchObject({ subject: "plain.tokensPerSecond" });
    expect(await readdir(folder)).toEqual([]);
  });

  it("reports a place that cannot be written, and leaves no temporary file", async () => {
    const path = join(folder, "taken");
    await mkdir(join(path, "inside"), { recursive: true });
    await expect(writeWhole(path, "text")).rejects.toMatchObject({ code: "IO", subject: path });
    expect(await readdir(folder)).toEqual(["taken"]);
  });
});
