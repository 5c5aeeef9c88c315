import { AnabranchError } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadModel } from "../src/index.js";
import { type Damage, damage, damages } from "./support/damage.js";
import { foreignSafetensors } from "./support/foreign-safetensors.js";
import { splitFile } from "./support/split-gguf.js";
import { tinyLlama } from "./support/tiny-llama.js";
import { toGguf } from "./support/to-gguf.js";

const CASES = 1000;
const MOST_SECONDS = 2;
const MOST_GROWTH = 200 * 2 ** 20;

const { config, tensors } = tinyLlama();
const parts = await splitFile(toGguf(config, tensors), 3);
const configText = (json: object): Uint8Array => new TextEncoder().encode(JSON.stringify(json));

/** A number somewhere in a config becomes another, a string or nothing. */
const edits = fc.record({
  field: fc.nat(),
  value: fc.oneof(
    fc.constantFrom<unknown>(0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, null, "", "2", [], {}, true),
    fc.constantFrom<unknown>(
      [[]],
      { rope_type: "llama3", factor: 1e300 },
      { type: "yarn", factor: 1e300 },
      { type: "yarn", factor: 4 },
      "\u0000",
      ["full_attention"],
    ),
    fc
      .record({ factor: fc.double(), beta_fast: fc.double(), beta_slow: fc.double(), attention_factor: fc.double() })
      .map((numbers) => ({ rope_type: "yarn", ...numbers })),
    fc.array(fc.double(), { minLength: 3, maxLength: 5 }).map((short) => ({ type: "longrope", short_factor: short })),
    fc.double(),
  ),
});

/** One in fifty is whole: a test in which nothing loads would prove little. */
const damaged = (whole: Uint8Array): fc.Arbitrary<Uint8Array> => {
  const harmed = fc
    .array(damages, { minLength: 1, maxLength: 3 })
    .map((all: Damage[]) =>
      all.reduce((bytes, how) => (bytes.length === 0 ? bytes : (damage(bytes, how) ?? bytes)), whole),
    );
  return fc.oneof({ weight: 49, arbitrary: harmed }, { weight: 1, arbitrary: fc.constant(whole) });
};

const kinds: readonly (readonly [string, fc.Arbitrary<Map<string, Uint8Array>>])[] = [
  ["GGUF", damaged(toGguf(config, tensors)).map((file) => new Map([["m.gguf", file]]))],
  ["GGUF in Q8_0", damaged(toGguf(config, tensors, "Q8_0")).map((file) => new Map([["m.gguf", file]]))],
  [
    "GGUF in parts",
    fc
      .constantFrom(...parts.keys())
      .chain((name) => damaged(parts.get(name) as Uint8Array).map((file) => new Map([...parts, [name, file]]))),
  ],
  [
    "safetensors",
    damaged(foreignSafetensors(tensors)).map(
      (file) =>
        new Map([
          ["config.json", configText(config)],
          ["model.safetensors", file],
        ]),
    ),
  ],
  [
    "shard index",
    damaged(
      configText({ weight_map: Object.fromEntries([...tensors.keys()].map((name) => [name, "a.safetensors"])) }),
    ).map(
      (file) =>
        new Map([
          ["config.json", configText(config)],
          ["model.safetensors.index.json", file],
          ["a.safetensors", foreignSafetensors(tensors)],
        ]),
    ),
  ],
  [
    "config.json",
    fc
      .oneof(
        damaged(configText(config)),
        edits.map(({ field, value }) => {
          const names = [...Object.keys(config), "head_dim", "rope_scaling", "rope_parameters", "layer_types"];
          return configText({ ...config, [names[field % names.length] as string]: value });
        }),
      )
      .map(
        (file) =>
          new Map([
            ["config.json", file],
            ["model.safetensors", foreignSafetensors(tensors)],
          ]),
      ),
  ],
];

/** Processor time of the process or time by the clock, whichever is less: a busy machine is no hang. */
function stopwatch(): () => number {
  const cpu = process.cpuUsage();
  const start = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return Math.min((user + system) / 1e6, (performance.now() - start) / 1e3);
  };
}

describe("files with flipped, lost, added and huge bytes", () => {
  it.each(kinds)(
    `%s: ${CASES} load or give a typed error, soon, in little memory`,
    async (_, files) => {
      let refused = 0;
      let loaded = 0;
      const before = process.memoryUsage();
      await fc.assert(
        fc.asyncProperty(files, async (folder) => {
          const seconds = stopwatch();
          await loadModel(folder).then(
            () => loaded++,
            (error: unknown) => {
              if (!AnabranchError.isInstance(error)) throw error;
              refused++;
            },
          );
          expect(seconds()).toBeLessThan(MOST_SECONDS);
          const { rss, arrayBuffers } = process.memoryUsage();
          expect(arrayBuffers - before.arrayBuffers).toBeLessThan(MOST_GROWTH);
          expect(rss - before.rss).toBeLessThan(MOST_GROWTH);
        }),
        { numRuns: CASES },
      );
      expect([loaded > 0, refused > 0], `${loaded} loaded, ${refused} refused`).toEqual([true, true]);
    },
    120_000,
  );
});
