import { createOnnxRuntime } from "@anabranch/backend-onnx";
import { buildPassGraph, passNames, referenceRuntime, type Tensor } from "@anabranch/core";
import { expect, it } from "vitest";
import { growForest, losslessBatches, mainRowInputs } from "../src/batches/index.js";
import { lossNames } from "../src/graphs/index.js";
import { BaseStates, memoryStates } from "../src/states/index.js";
import { tinyAdapter, tinySpec, tinyWeights } from "./tiny-model.js";

const example = {
  prompt: [3, 4, 5],
  completions: [
    [6, 7, 8, 9, 10],
    [6, 1],
  ],
};
const tokens = 4;
const share = 0.25;

it.each([
  ["reference", referenceRuntime],
  ["onnx", createOnnxRuntime({ threads: 1 })],
])("streams are taught the main stream's own distributions (%s)", async (_, runtime) => {
  const weights = tinyWeights();
  const { streams } = tinyAdapter("lossless");
  const states = await BaseStates.compile(runtime, weights, streams, {
    ...{ store: memoryStates(), sources: [example], taught: tokens },
  });
  // Token 9 cannot be drafted.
  const draftIndex = Int32Array.from({ length: tinySpec.vocabularySize }, (_, token) => (token === 9 ? -1 : token));
  const alphas = Array.from({ length: streams.gamma }, (_, stream) => 1 / (1 + stream));
  const teaching = { share, tokens };
  const options = { spec: tinySpec, streams, outputs: states.outputs, weights: alphas, draftIndex, teaching };
  const [batch] = losslessBatches(await states.of([example]), { ...options, sliceRows: 100 });
  const inputs = batch?.inputs ?? {};
  const [taught, seeds, hard, hardSeeds] = [
    lossNames.taught("streams"),
    lossNames.taughtSeed("streams"),
    lossNames.targets("streams"),
    lossNames.seed("streams"),
  ].map((name) => inputs[name] as Tensor) as [Tensor, Tensor, Tensor, Tensor];

  const main = await mainDistributions();
  let seen = 0;
  const forest = growForest(example);
  for (const { start, targets } of forest.branches) {
    for (let i = 0; i < targets.length; i++) {
      for (let j = 1; j <= streams.gamma; j++) {
        const at = (start - forest.shared + i) * streams.gamma + j - 1;
        const weight = hardSeeds.data[at] as number;
        if (weight === 0) continue;
        seen++;
        const from = at * (1 + tokens);
        const own = Array.from(seeds.data.subarray(from, from + 1 + tokens));
        const named = Array.from(taught.data.subarray(from, from + 1 + tokens));
        expect(named[0]).toBe(hard.data[at]);
        expect(own[0]).toBeCloseTo((1 - share) * weight, 6);
        // The row that is j further on: what it found most probable, but for the token that cannot be drafted.
        const distribution = main[start + i + j] as Float32Array;
        const best = Array.from(distribution.keys()).sort(
          (a, b) => (distribution[b] as number) - (distribution[a] as number),
        );
        const wanted = best.slice(0, tokens).filter((token) => token !== 9);
        const sum = wanted.reduce((total, token) => total + Math.exp(distribution[token] as number), 0);
        for (const token of wanted) {
          const place = named.indexOf(token, 1);
          expect(place).toBeGreaterThan(0);
          const expected = (share * weight * Math.exp(distribution[token] as number)) / sum;
          expect((own[place] as number) / expected).toBeCloseTo(1, 3);
        }
        expect(own.reduce((total, one) => total + one, 0)).toBeCloseTo(weight, 5);
      }
    }
  }
  expect(seen).toBeGreaterThan(5);
  await states.dispose();

  /** Logits of every row of the example, by a plain pass. */
  async function mainDistributions(): Promise<Float32Array[]> {
    const graph = buildPassGraph({ spec: tinySpec, streamRows: "none", logits: { main: "all" } });
    const compiled = await referenceRuntime.compile(graph, {
      constants: weights.tensors,
      outputs: [passNames.logits("main")],
    });
    const { data } = (await compiled.run(mainRowInputs([growForest(example)])))[passNames.logits("main")] as Tensor;
    const width = tinySpec.vocabularySize;
    return Array.from({ length: data.length / width }, (_, row) =>
      (data as Float32Array).subarray(row * width, (row + 1) * width),
    );
  }
});
