import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { countLines, countVitest, total } from "./tally.mjs";
import { root, run } from "./workspace.mjs";

describe("countLines", () => {
  it("takes a silent command as one test", () => {
    expect(countLines("whatever", 0)).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(countLines("whatever", 2)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it("counts a line for each part", () => {
    expect(countLines("ok a\nFAILED b\nproblem of b\nok c\n", 1)).toEqual({ passed: 2, failed: 1, skipped: 0 });
  });

  it("never lets an error status pass", () => {
    expect(countLines("ok a\n", 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });
});

describe("countVitest", () => {
  const scratch = join(root, ".anabranch"); // inside the workspace, so that the case finds vitest; ignored by git
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "tally-"));
  writeFileSync(join(folder, "vitest.config.mjs"), "export default {};\n"); // else vitest takes the workspace's
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function vitest(source: string) {
    writeFileSync(join(folder, "case.test.mjs"), `import { it } from "vitest";\n${source}\n`);
    const report = join(folder, "report.json");
    const vitestBin = join(root, "node_modules", "vitest", "vitest.mjs");
    const args = [vitestBin, "run", "--root", folder, "--reporter=json", `--outputFile=${report}`];
    const { code } = await run(process.execPath, args, { quiet: true, cwd: folder });
    return countVitest(report, code);
  }

  it("counts passed, failed and skipped tests of a real run", async () => {
    const source = `it("a", () => {}); it("b", () => { throw new Error("b"); }); it.skip("c", () => {}); it.todo("d");`;
    expect(await vitest(source)).toEqual({ passed: 1, failed: 1, skipped: 2 });
  });

  it("counts a file that does not load as a failure", async () => {
    expect(await vitest(`throw new Error("broken");`)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it("counts an error outside of tests as a failure", async () => {
    const source = `it("a", () => { setTimeout(() => { throw new Error("late"); }, 0); }); it("b", () => new Promise((r) => setTimeout(r, 50)));`;
    expect(await vitest(source)).toEqual({ passed: 2, failed: 1, skipped: 0 });
  });

  it("counts a missing report as a failure", () => {
    expect(countVitest(join(tmpdir(), "anabranch-no-such-report.json"), 0).failed).toBe(1);
  });
});

describe("total", () => {
  it("adds up", () => {
    const one = { passed: 1, failed: 2, skipped: 3 };
    expect(total([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 });
  });
});
