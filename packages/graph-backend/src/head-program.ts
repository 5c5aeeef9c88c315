import {
  buildHeadGraph,
  type CompiledGraph,
  GraphBuilder,
  type GraphRuntime,
  type ModelSpec,
  type TokenLogProbs,
  type WeightTensor,
} from "@anabranch/core";
import { FeedBuffers } from "./feed-buffers.js";
import type { Floats } from "./floats.js";
import { addTopTokens, readTopTokens, topOutputs } from "./top-tokens.js";

export interface HeadProgramOptions {
  readonly spec: ModelSpec;
  readonly weights: ReadonlyMap<string, WeightTensor>;
  /** Tokens that drafts are made of, whose head is among the weights; undefined: all. */
  readonly vocabulary: Int32Array | undefined;
  /** Best tokens of each state. */
  readonly width: number;
}

/** The LM head on streams' states alone, for the streams of accepted rows. */
export class HeadProgram {
  readonly #buffers = new FeedBuffers();

  private constructor(
    readonly compiled: CompiledGraph,
    readonly hiddenSize: number,
    readonly vocabulary: Int32Array | undefined,
  ) {}

  static async compile(
    runtime: GraphRuntime,
    { spec, weights, vocabulary, width }: HeadProgramOptions,
  ): Promise<HeadProgram> {
    const builder = GraphBuilder.from(buildHeadGraph(spec, vocabulary?.length), `head.top${width}`);
    addTopTokens(builder, "logits", width);
    const options = { constants: weights, outputs: topOutputs(), fewRows: true };
    const compiled = await runtime.compile(builder.build(), options);
    return new HeadProgram(compiled, spec.hiddenSize, vocabulary);
  }

  /** The best tokens of every state. @param states [n, hidden] each @returns for each of `states`, n levels */
  async run(states: readonly Floats[]): Promise<TokenLogProbs[][]> {
    const total = states.reduce((sum, { length }) => sum + length, 0) / this.hiddenSize;
    const input = this.#buffers.floats("states", [1, total, this.hiddenSize]);
    let at = 0;
    for (const rows of states) {
      input.data.set(rows, at);
      at += rows.length;
    }
    const outputs = await this.compiled.run({ states: input });
    let to = 0;
    return states.map(({ length }) => {
      const from = to;
      to += length / this.hiddenSize;
      return readTopTokens(outputs, from, to, this.vocabulary);
    });
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }
}
