import { describe, expect, it } from "vitest";
import { COMMITTED, type DraftContext, type StreamTiming, streamDrafter } from "../../src/index.js";
import { tinyAdapter, tinyModel } from "../support/tiny-model.js";

const prompt = [1, 2, 3, 4];

/** A model with the prompt committed, its last row with streams where they run in the pass. */
async function afterPrompt(timing: StreamTiming, depth: number) {
  const model = await tinyModel(17);
  const adapter = await model.attach(tinyAdapter(17, "lossless", 3));
  const sequence = await model.createSequence({ adapter });
  const rows = prompt.map((token, row) => ({
    token,
    parent: row === 0 ? COMMITTED : row - 1,
    streams: timing === "parallel",
  }));
  await model.pass([{ sequence, rows }]);
  await model.commit([{ sequence, path: rows.map((_, row) => row) }]);
  const context: DraftContext = {
    calls: model,
    sequence,
    tokens: prompt,
    bonus: 5,
    depth,
    lastRow: { survived: true },
    options: {},
  };
  return { model, adapter, sequence, context };
}

describe("streamDrafter", () => {
  it("drafts the same tree whether streams ran in the pass or are run now", async () => {
    const limit = { nodes: 9, topK: 2 };
    const trees = [];
    for (const timing of ["parallel", "deferred"] as const) {
      const { adapter, context } = await afterPrompt(timing, 9);
      trees.push(await streamDrafter({ adapter, limit, timing }).draft(context));
    }
    expect(trees[0]).toEqual(trees[1]);
    expect(trees[0]?.tokens).toHaveLength(9);
  });

  it.each([
    ["γ", undefined, 9, 3],
    ["the limit", 2, 9, 2],
    ["γ, where the limit is larger", 8, 9, 3],
    ["what the text still has room for", undefined, 1, 1],
  ])("is as deep as %s allows", async (_, depth, room, levels) => {
    const { adapter, context } = await afterPrompt("parallel", room);
    const limit = { nodes: 9, topK: 1, ...(depth !== undefined && { depth }) };
    const { parents } = await streamDrafter({ adapter, limit, timing: "parallel" }).draft(context);
    expect(parents).toEqual([-1, 0, 1].slice(0, levels));
  });

  it("refuses to defer streams that the main stream sees", async () => {
    const model = await tinyModel(1);
    const adapter = await model.attach(tinyAdapter(1, "shared"));
    expect(() => streamDrafter({ adapter, limit: { nodes: 1, topK: 1 }, timing: "deferred" })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", subject: "timing" }),
    );
  });
});
