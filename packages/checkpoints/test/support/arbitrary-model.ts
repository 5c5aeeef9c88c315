import {
  type Adapter,
  adapterParameterShapes,
  baseParameterShapes,
  type Float32Tensor,
  LINEAR_MODULES,
  type ModelSpec,
  type ModelWeights,
  type StreamSpec,
  type TransitionCounts,
} from "@anabranch/core";
import fc from "fast-check";

export const modelSpecs: fc.Arbitrary<ModelSpec> = fc
  .record({
    vocabularySize: fc.integer({ min: 1, max: 20 }),
    kvHeads: fc.integer({ min: 1, max: 2 }),
    group: fc.integer({ min: 1, max: 2 }),
    headSize: fc.constantFrom(2, 4, 6),
    hiddenSize: fc.integer({ min: 1, max: 40 }),
    layers: fc.integer({ min: 1, max: 3 }),
    mlpSize: fc.integer({ min: 1, max: 40 }),
    normEpsilon: fc.constantFrom(1e-5, 1e-6),
    theta: fc.constantFrom(10_000, 500_000, 1234.5),
    maxPositions: fc.integer({ min: 1, max: 4096 }),
    tiedHead: fc.boolean(),
  })
  .map(({ group, theta, ...rest }) => ({ family: "llama", heads: group * rest.kvHeads, rope: { theta }, ...rest }));

/** Any of the float32 values there are, or only such as a model may have. */
export function floats(count: number, kind: "any bits" | "finite", seed: number): Float32Array {
  const bits = new Uint32Array(count);
  let state = seed >>> 0;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bits[i] = state ^ (state << 13);
  }
  if (kind === "any bits") return new Float32Array(bits.buffer);
  return Float32Array.from(bits, (value) => value / 2 ** 31 - 1);
}

function tensors(shapes: Map<string, readonly number[]>, kind: "any bits" | "finite", seed: number) {
  let next = seed;
  const made = new Map<string, Float32Tensor>();
  for (const [name, shape] of shapes) {
    const count = shape.reduce((product, size) => product * size, 1);
    made.set(name, { format: "f32", shape, data: floats(count, kind, next++) });
  }
  return made;
}

export const modelsOf = (kind: "any bits" | "finite"): fc.Arbitrary<ModelWeights> =>
  fc
    .tuple(modelSpecs, fc.integer())
    .map(([spec, seed]) => ({ spec, tensors: tensors(baseParameterShapes(spec), kind, seed) }));

const streamSpecs = (spec: ModelSpec): fc.Arbitrary<StreamSpec> =>
  fc
    .record(
      {
        mode: fc.constantFrom("shared" as const, "lossless" as const),
        gamma: fc.integer({ min: 1, max: 8 }),
        msaLayers: fc.integer({ min: 1, max: spec.layers }),
        initialisationRank: fc.integer({ min: 1, max: 8 }),
        valueRotation: fc.double({ min: -4, max: 4, noNaN: true }).map((angle) => angle + 0),
        pruning: fc.record({
          rank: fc.integer({ min: 1, max: 64 }),
          threshold: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
        }),
        markov: fc.record({
          kind: fc.constantFrom("vanilla" as const, "rnn" as const),
          rank: fc.integer({ min: 1, max: 8 }),
          tokenScale: fc.constantFrom(1, 7.25),
        }),
        rank: fc.integer({ min: 1, max: 8 }),
        alpha: fc.constantFrom(1, 16, 2.5),
        modules: fc.uniqueArray(fc.constantFrom(...LINEAR_MODULES)),
      },
      { requiredKeys: ["mode", "gamma", "msaLayers", "rank", "alpha"] },
    )
    .map(({ rank, alpha, modules, ...rest }) => {
      const lowest = rest.mode === "lossless" ? spec.layers - rest.msaLayers : 0;
      const layers = Array.from({ length: spec.layers - lowest }, (_, i) => lowest + i);
      return modules === undefined ? rest : { ...rest, lora: { rank, alpha, modules, layers } };
    });

const transitionCounts: fc.Arbitrary<TransitionCounts> = fc
  .array(
    fc.tuple(
      fc.integer({ min: -1, max: 200_000 }),
      fc.integer({ min: -1 }),
      fc.nat(200_000),
      fc.integer({ min: 1, max: 2 ** 24 }),
    ),
  )
  .map((rows) => ({
    rows: Int32Array.from(rows.flatMap(([before, last, token, count]) => [before, last % 200_000, token, count])),
  }));

const draftVocabularies = ({ vocabularySize }: ModelSpec): fc.Arbitrary<Int32Array> =>
  fc.uniqueArray(fc.nat(vocabularySize - 1), { minLength: 1 }).map((tokens) => Int32Array.from(tokens).sort());

/** A model and an adapter that fits it; the fingerprint is still to be set. */
export const adaptersOf = (kind: "any bits" | "finite"): fc.Arbitrary<{ weights: ModelWeights; adapter: Adapter }> =>
  modelsOf("finite").chain((weights) =>
    fc
      .tuple(
        streamSpecs(weights.spec),
        fc.integer(),
        fc.option(transitionCounts),
        fc.option(draftVocabularies(weights.spec)),
      )
      .map(([streams, seed, counted, draftVocabulary]) => ({
        weights,
        adapter: {
          streams,
          tensors: tensors(adapterParameterShapes(weights.spec, streams), kind, seed),
          ...(counted === null ? {} : { transitions: counted }),
          ...(draftVocabulary === null ? {} : { draftVocabulary }),
        },
      })),
  );

/** The bits of a tensor's values, so that NaN equals itself and -0 is not 0. */
export const bits = (data: Float32Array | Int8Array | Uint8Array): Buffer =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength);
