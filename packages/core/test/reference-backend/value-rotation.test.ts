import { describe, expect, it } from "vitest";
import {
  type Adapter,
  type DraftTree,
  fillStreamNumbers,
  parameterNames,
  type StreamMode,
  toFloat32,
  type WeightTensor,
} from "../../src/index.js";
import { tinyAdapter, tinyModel, tinySpec, tinyWeights } from "../support/tiny-model.js";

const SEED = 5;
const { headSize, hiddenSize } = tinySpec;

/** The whole draft of an adapter after a short prompt: every token of every level, with its log-probability. */
async function draftOf(adapter: Adapter): Promise<DraftTree> {
  const model = await tinyModel(SEED);
  const sequence = await model.createSequence({ adapter: await model.attach(adapter) });
  const rows = [3, 1, 4, 1].map((token, row) => ({ token, parent: row - 1, streams: row === 3 }));
  await model.pass([{ sequence, rows }]);
  await model.commit([{ sequence, path: [0, 1, 2, 3] }]);
  const [draft] = await model.draft([{ sequence, bonus: 0, limit: { nodes: 200, topK: tinySpec.vocabularySize } }]);
  await model.dispose();
  return draft as DraftTree;
}

/** Values rotated, with no LoRA or embeddings beside. */
function rotating(mode: StreamMode, gamma: number, valueRotation: number): Adapter {
  const { streams, tensors } = tinyAdapter(SEED, mode, gamma, { valueRotation });
  const { lora: _, ...rest } = streams;
  return { streams: rest, tensors: new Map([...tensors].filter(([name]) => !name.includes("lora"))) };
}

function expectSameDraft(one: DraftTree, other: DraftTree): void {
  expect(one.tokens).toEqual(other.tokens);
  one.logProbs.forEach((value, node) => {
    expect(value).toBeCloseTo(other.logProbs[node] as number, 5);
  });
}

describe("value rotation (B.3)", () => {
  it("is what a LoRA of full rank that rotates values does", async () => {
    const angle = 0.7;
    const values = tinyWeights(SEED).tensors.get(parameterNames.linear(1, "v_proj")) as WeightTensor;
    // y = W x + B (A x) with A = W and B = R - 1: the values of the one stream, turned by R.
    const half = headSize / 2;
    const turn = new Float32Array(headSize * headSize);
    for (let i = 0; i < half; i++) {
      turn[i * headSize + i] = Math.cos(angle) - 1;
      turn[i * headSize + i + half] = -Math.sin(angle);
      turn[(i + half) * headSize + i + half] = Math.cos(angle) - 1;
      turn[(i + half) * headSize + i] = Math.sin(angle);
    }
    const lora = { rank: headSize, alpha: headSize, modules: ["v_proj"], layers: [1] } as const;
    const tensor = (shape: readonly number[], data: Float32Array) => ({ format: "f32", shape, data }) as const;
    const equivalent: Adapter = {
      streams: { mode: "lossless", gamma: 1, msaLayers: 1, lora },
      tensors: new Map([
        [parameterNames.streamEmbedding, tensor([1, hiddenSize], new Float32Array(hiddenSize))],
        [parameterNames.loraDown(1, "v_proj"), tensor([headSize, hiddenSize], toFloat32(values))],
        [parameterNames.loraUp(1, "v_proj"), tensor([headSize, headSize], turn)],
      ]),
    };
    expectSameDraft(await draftOf(rotating("lossless", 1, angle)), await draftOf(equivalent));
  });

  it.each<StreamMode>(["shared", "lossless"])(
    "by whole turns is none, and tells streams apart by others, in %s mode",
    async (mode) => {
      const [none, whole, some] = [
        await draftOf(rotating(mode, 3, 0)),
        await draftOf(rotating(mode, 3, 2 * Math.PI)),
        await draftOf(rotating(mode, 3, 0.5)),
      ];
      expectSameDraft(whole, none);
      expect(some.logProbs).not.toEqual(none.logProbs);
    },
  );

  it("turns stream j by j angles and main rows by none", () => {
    expect([...fillStreamNumbers("group", 2, new Int32Array(6))]).toEqual([0, 1, 2, 0, 1, 2]);
    expect([...fillStreamNumbers("streams", 3, new Int32Array(6))]).toEqual([1, 2, 3, 1, 2, 3]);
  });
});
