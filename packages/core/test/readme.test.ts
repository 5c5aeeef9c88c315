import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { decodeAll } from "./support/decode-all.js";
import { tinyModel } from "./support/tiny-model.js";

const folder = resolve(import.meta.dirname, "..");
const read = (file: string): Promise<string> => readFile(resolve(folder, file), "utf8");

describe("README.md", () => {
  it("shows the example, which prints what it says", async () => {
    const readme = await read("README.md");
    expect(readme).toContain(await read("examples/decode-with-streams.ts"));
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await import("../examples/decode-with-streams.js");
    const printed = log.mock.calls.flat().join("\n");
    log.mockRestore();
    expect(readme).toContain(`\n${printed}\n`);
  });

  it("shows a drafter of one's own, which saves passes on a text that repeats itself", async () => {
    expect(await read("README.md")).toContain(await read("examples/repeat-drafter.ts"));
    const { repeatDrafter } = await import("../examples/repeat-drafter.js");
    const model = await tinyModel(20);
    const plain = await decodeAll(model, { prompt: [3, 1, 4], maxTokens: 24 });
    const repeating = await decodeAll(model, { prompt: [3, 1, 4], maxTokens: 24, drafter: repeatDrafter });
    expect(repeating.tokens).toEqual(plain.tokens);
    expect(repeating.steps.length).toBeLessThan(plain.steps.length);
  });
});
