import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Adapter,
  type BackendModel,
  COMMITTED,
  type PassRow,
  parameterNames,
  type StreamMode,
  toFloat32,
  type WeightTensor,
} from "../../src/index.js";
import { tinyAdapter, tinyModel, tinySpec, tinyWeights } from "../support/tiny-model.js";

const pruning = { rank: 2, threshold: 0.1 };
const { hiddenSize, vocabularySize, normEpsilon } = tinySpec;

/** W x for a matrix [out, in]. */
function times(matrix: WeightTensor | undefined, x: readonly number[]): number[] {
  const { shape } = matrix as WeightTensor;
  const [out, input] = shape as readonly [number, number];
  const data = toFloat32(matrix as WeightTensor);
  return Array.from({ length: out }, (_, row) =>
    x.reduce((sum, value, column) => sum + value * (data[row * input + column] as number), 0),
  );
}

/** Log-probabilities at the early exit, written out: H(norm(x + D (C x))). */
function exitLogProbs(adapter: Adapter, seed: number, x: readonly number[]): number[] {
  const { tensors } = tinyWeights(seed);
  const delta = times(
    adapter.tensors.get(parameterNames.pruneUp),
    times(adapter.tensors.get(parameterNames.pruneDown), x),
  );
  const states = x.map((value, feature) => value + (delta[feature] as number));
  const size = Math.sqrt(states.reduce((sum, value) => sum + value * value, 0) / hiddenSize + normEpsilon);
  const norm = toFloat32(tensors.get(parameterNames.finalNorm) as WeightTensor);
  const logits = times(
    tensors.get(parameterNames.head),
    states.map((value, feature) => (value / size) * (norm[feature] as number)),
  );
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return logits.map((logit) => logit - total);
}

async function prunedModel(seed: number, mode: StreamMode): Promise<{ model: BackendModel; adapter: Adapter }> {
  return { model: await tinyModel(seed), adapter: tinyAdapter(seed, mode, 2, { pruning }) };
}

describe.each<StreamMode>(["shared", "lossless"])("the reference backend, in %s mode", (mode) => {
  it("drops a child just where the early exit finds it less probable than the threshold", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(vocabularySize - 1), fc.nat(vocabularySize - 1), async (seed, root, child) => {
        const { model, adapter } = await prunedModel(seed, mode);
        const sequence = await model.createSequence({ adapter: await model.attach(adapter) });
        const rows: PassRow[] = [
          { token: root, parent: COMMITTED, read: { hidden: [1] } },
          { token: child, parent: 0, read: { argmax: true } },
          { token: 1, parent: 1, read: { argmax: true } },
        ];
        const [plain] = await model.pass([{ sequence, rows }]);
        const state = Array.from(plain?.rows[0]?.hidden?.get(1) as Float32Array);
        const logProb = exitLogProbs(adapter, seed, state)[child] as number;
        const survives = async (by: number): Promise<boolean[]> => {
          const threshold = Math.min(1, Math.exp(logProb + by));
          const [result] = await model.pass([{ sequence, rows: rows.slice(0, 2), pruning: { threshold } }]);
          return (result?.rows ?? []).map(({ survived }) => survived);
        };
        expect(await survives(-1e-4)).toEqual([true, true]);
        expect(await survives(1e-4)).toEqual([true, false]);
        const [dropped] = await model.pass([{ sequence, rows, pruning: { threshold: Math.exp(logProb + 1e-4) } }]);
        expect(dropped?.rows).toEqual([plain?.rows[0], { survived: false }, { survived: false }]);
        await expect(model.commit([{ sequence, path: [0, 1] }])).rejects.toMatchObject({ code: "DROPPED_ROW" });
        await model.commit([{ sequence, path: [0] }]);
        await model.dispose();
      }),
      { numRuns: 10 },
    );
  });

  it("keeps children that the draft vocabulary has not", async () => {
    const { model, adapter } = await prunedModel(3, mode);
    const draftVocabulary = Int32Array.of(2, 5, 7);
    const sequence = await model.createSequence({ adapter: await model.attach({ ...adapter, draftVocabulary }) });
    const rows = [1, 2, 3, 5, 7].map((token, row) => ({ token, parent: row === 0 ? COMMITTED : 0 }));
    const [result] = await model.pass([{ sequence, rows, pruning: { threshold: 1 } }]);
    expect(result?.rows.map(({ survived }) => survived)).toEqual([true, false, true, false, false]);
    await model.dispose();
  });
});
