import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fullTreeNodes } from "../model/full-tree.js";
import { gridSettings } from "./grid.js";

const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
const modes = fc.constantFrom("shared" as const, "lossless" as const);
const axes = fc.record({
  streams: fc.constantFrom(["parallel"] as const, ["deferred"] as const, ["parallel", "deferred"] as const),
  depth: numbers,
  topK: numbers,
  nodes: numbers,
});

describe("gridSettings", () => {
  it("gives every setting that an adapter can have once, and no other", () => {
    fc.assert(
      fc.property(axes, modes, fc.integer({ min: 1, max: 9 }), fc.boolean(), (grid, mode, gamma, transitions) => {
        const adapter = { streams: { mode, gamma }, transitions };
        const fewer = grid.depth.filter((depth) => depth < gamma && mode === "lossless");
        const more = grid.depth.filter((depth) => depth > gamma && transitions);
        const depths = [...fewer, ...grid.depth.filter((depth) => depth === gamma), ...more];
        const timings = grid.streams.filter((timing) => mode === "lossless" || timing === "parallel");
        if (depths.length * timings.length === 0) {
          expect(() => gridSettings(grid, adapter)).toThrow("No setting of the grid fits");
          return;
        }
        const settings = gridSettings(grid, adapter);
        expect(new Set(settings.map((setting) => JSON.stringify(setting))).size).toBe(settings.length);
        for (const { streams, depth, topK, nodes } of settings) {
          expect(timings).toContain(streams);
          expect(depths).toContain(depth);
          expect(nodes).toBeLessThanOrEqual(fullTreeNodes(topK, depth));
        }
        // Whatever was asked for is there, cut down to the full tree.
        for (const depth of depths) {
          for (const [topK, nodes] of grid.topK.flatMap((k) => grid.nodes.map((n) => [k, n] as const))) {
            const wanted = { depth, topK, nodes: Math.min(nodes, fullTreeNodes(topK, depth)) };
            expect(settings).toContainEqual({ streams: timings[0], ...wanted });
          }
        }
      }),
    );
  });
});

it("fullTreeNodes adds up the levels", () => {
  expect([fullTreeNodes(3, 3), fullTreeNodes(1, 7), fullTreeNodes(4, 0)]).toEqual([39, 7, 0]);
});
