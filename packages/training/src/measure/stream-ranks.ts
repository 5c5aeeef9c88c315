import {
  type Adapter,
  GraphBuilder,
  type GraphRuntime,
  type ModelWeights,
  parameterNames,
  passNames,
  type Tensor,
  type WeightTensor,
} from "@anabranch/core";
import { losslessBatches, type TrainingExample } from "../batches/index.js";
import { knownInputs, losslessGraph } from "../graphs/index.js";
import { BaseStates, type KnownStates, memoryStates } from "../states/index.js";
import { draftTargets } from "../train/draft-targets.js";

export interface StreamRanksOptions {
  readonly runtime: GraphRuntime;
  /** Float32. */
  readonly weights: ModelWeights;
  /** Lossless. */
  readonly adapter: Adapter;
  /** How many of a stream's best tokens are looked at. */
  readonly width: number;
  readonly known?: KnownStates;
}

/** Of one text: for each of its tokens as a bonus token, the ranks of the γ tokens after it. */
export interface StreamRanks {
  readonly gamma: number;
  /** [tokens, γ]: place of the right token among its stream's best, `width` where it is not among them or the text ends before. */
  readonly ranks: Uint8Array;
}

/**
 * Where the right tokens stand among what streams would draft, the tokens between being the right ones: what a full tree of k
 * children a node accepts follows from it, for every k, without a single tree being verified. In lossless mode, where the
 * text is the base model's own whatever is drafted.
 *
 * @param examples prompts, each with one answer of the model's own
 * @yields the ranks of each example, in their order
 */
export async function* streamRanks(
  examples: readonly TrainingExample[],
  { runtime, weights, adapter, width, known }: StreamRanksOptions,
): AsyncGenerator<StreamRanks, void, undefined> {
  const { spec } = weights;
  const { streams, draftVocabulary } = adapter;
  const { gamma } = streams;
  const store = memoryStates();
  const states = await BaseStates.compile(runtime, weights, streams, {
    store,
    sources: examples,
    ...(known === undefined ? {} : { known }),
  });
  const draft = draftVocabulary === undefined ? undefined : draftTargets(weights, draftVocabulary);
  const builder = GraphBuilder.from(losslessGraph(spec, streams, draftVocabulary?.length).graph, "ranks");
  const logits = builder.outputValue(passNames.logits("streams"));
  builder.output("best", builder.add("topLogProbs", "best", [logits], { k: width }, 2)[1] as string);
  const graph = builder.build();
  const constants = new Map<string, WeightTensor>([...weights.tensors, ...adapter.tensors]);
  if (draft !== undefined) constants.set(parameterNames.draftHead, draft.head);
  const used = new Map([...constants].filter(([name]) => graph.parameters.includes(name)));
  const compiled = await runtime.compile(graph, { constants: used, outputs: ["best"] });
  const shape = { spec, streams, outputs: states.outputs, weights: new Array<number>(gamma).fill(1) };
  try {
    for (const example of examples) {
      const rows = example.completions[0]?.length ?? 0;
      const batches = losslessBatches(await states.of([example]), {
        ...shape,
        sliceRows: rows,
        ...(draft === undefined ? {} : { draftIndex: draft.index }),
      });
      const ranks = new Uint8Array(rows * gamma).fill(width);
      for (const { inputs, losses } of batches) {
        const { best } = (await compiled.run(knownInputs(compiled.graph, inputs))) as { best: Tensor };
        const [targets] = losses;
        targets?.counted.forEach((counted, at) => {
          if (counted === 0) return;
          const place = best.data.subarray(at * width, (at + 1) * width).indexOf(targets.targets[at] as number);
          if (place >= 0) ranks[at] = place;
        });
      }
      yield { gamma, ranks };
    }
  } finally {
    await compiled.dispose();
    await states.dispose();
  }
}
