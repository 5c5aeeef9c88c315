import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it, vi } from "vitest";

describe("README.md", () => {
  it("shows the example, which prints what it says", async () => {
    const folder = resolve(import.meta.dirname, "..");
    const example = await readFile(resolve(folder, "examples/train-and-stream.ts"), "utf8");
    expect(await readFile(resolve(folder, "README.md"), "utf8")).toContain(example);
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await import("../examples/train-and-stream.js");
    expect(log).toHaveBeenCalledExactlyOnceWith("A pub near 寿司 🍣");
    log.mockRestore();
  });
});
