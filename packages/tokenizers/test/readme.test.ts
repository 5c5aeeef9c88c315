import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it, vi } from "vitest";

describe("README.md", () => {
  it.each([
    ["train-and-stream", "A pub near 寿司 🍣"],
    ["render-chat", "<|user|>Which pub is near Café Brazil?</s><|assistant|>"],
  ])("shows the example %s, which prints what it says", async (name, printed) => {
    const folder = resolve(import.meta.dirname, "..");
    const example = await readFile(resolve(folder, `examples/${name}.ts`), "utf8");
    expect(await readFile(resolve(folder, "README.md"), "utf8")).toContain(example);
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await import(`../examples/${name}.ts`);
    expect(log).toHaveBeenCalledExactlyOnceWith(printed);
    log.mockRestore();
  });
});
