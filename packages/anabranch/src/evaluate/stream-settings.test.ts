import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { streamSettings } from "./stream-settings.js";

const markov = { kind: "rnn", rank: 4, tokenScale: 1 } as const;
const pruning = { rank: 2, threshold: 0.1 } as const;
const axes = fc.record({
  streams: fc.constantFrom(["parallel"] as const, ["parallel", "deferred"] as const),
  depth: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
  topK: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
  nodes: fc.constant([16]),
});

describe("streamSettings", () => {
  it("measures each setting with and without what the adapter has besides streams", () => {
    fc.assert(
      fc.property(axes, fc.boolean(), fc.boolean(), (grid, headed, pruned) => {
        const own = { ...(headed && { markov }), ...(pruned && { pruning }) };
        const settings = streamSettings(grid, { streams: { mode: "lossless", gamma: 6, ...own } });
        const bare = streamSettings(grid, { streams: { mode: "lossless", gamma: 6 } });
        expect(settings).toHaveLength(bare.length * (headed ? 2 : 1) * (pruned ? 2 : 1));
        expect(new Set(settings.map((setting) => JSON.stringify(setting))).size).toBe(settings.length);
        expect(bare).toHaveLength(grid.streams.length * grid.depth.length * grid.topK.length);
        for (const setting of settings) {
          expect("markov" in setting).toBe(headed);
          expect(setting.prune === false || setting.prune === undefined).toBe(true);
        }
      }),
    );
  });

  it("leaves out what the adapter cannot do", () => {
    const wanted = { streams: ["parallel", "deferred"], depth: [1, 2, 3, 4], topK: [1], nodes: [16] } as const;
    const shared = streamSettings(wanted, { streams: { mode: "shared", gamma: 3, markov } });
    expect(shared.map(({ streams, depth, markov: head }) => [streams, depth, head])).toEqual([
      ["parallel", 3, true],
      ["parallel", 3, false],
    ]);
    expect(() => streamSettings({ ...wanted, depth: [4] }, { streams: { mode: "lossless", gamma: 3 } })).toThrow(
      "γ = 3",
    );
  });
});
