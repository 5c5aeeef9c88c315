import {
  adapterParameterShapes,
  baseParameterShapes,
  createReferenceBackend,
  type Drafter,
  decode,
  type Float32Tensor,
  type ModelSpec,
  plainDrafter,
  type StreamSpec,
  seededRandom,
  streamDrafter,
} from "@anabranch/core";

const random = seededRandom(6);
const randomTensors = (shapes: ReadonlyMap<string, readonly number[]>): Map<string, Float32Tensor> =>
  new Map(
    [...shapes].map(([name, shape]) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return [name, { format: "f32", shape, data: Float32Array.from({ length: size }, () => 2 * random() - 1) }];
    }),
  );

// A model and an adapter with random weights; @anabranch/checkpoints reads real ones.
const sizes = { hiddenSize: 16, layers: 2, heads: 2, kvHeads: 1, headSize: 8, mlpSize: 24, vocabularySize: 12 };
const spec: ModelSpec = {
  ...{ family: "llama", normEpsilon: 1e-5, rope: { theta: 100 }, maxPositions: 64, tiedHead: false },
  ...sizes,
};
const streams: StreamSpec = { mode: "lossless", gamma: 3, msaLayers: 1 };

const model = await createReferenceBackend().load({ spec, tensors: randomTensors(baseParameterShapes(spec)) });
const adapter = await model.attach({ streams, tensors: randomTensors(adapterParameterShapes(spec, streams)) });

async function write(drafter: Drafter): Promise<void> {
  const sequence = await model.createSequence({ adapter });
  const tokens: number[] = [];
  let passes = 0;
  for await (const step of decode({ model, sequence, prompt: [1, 2, 3], drafter, maxTokens: 16 })) {
    tokens.push(...step.tokens); // step.fromDraft of them were drafted
    passes++;
  }
  console.log(`${drafter.name}: ${tokens.join(" ")} in ${passes} passes`);
  await sequence.dispose();
}

await write(plainDrafter);
await write(streamDrafter({ adapter, limit: { nodes: 8, topK: 3 }, timing: "deferred" }));
await model.dispose();
