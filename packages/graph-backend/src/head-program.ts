import {
  buildHeadGraph,
  type CompiledGraph,
  GraphBuilder,
  type GraphRuntime,
  type ModelWeights,
  type TokenLogProbs,
} from "@anabranch/core";
import { FeedBuffers } from "./feed-buffers.js";
import type { Floats } from "./floats.js";
import { addTopTokens, readTopTokens, topOutputs } from "./top-tokens.js";

/** The LM head on streams' states alone, for the streams of accepted rows. */
export class HeadProgram {
  readonly #buffers = new FeedBuffers();

  private constructor(
    readonly compiled: CompiledGraph,
    readonly hiddenSize: number,
  ) {}

  static async compile(runtime: GraphRuntime, { spec, tensors }: ModelWeights, width: number): Promise<HeadProgram> {
    const builder = GraphBuilder.from(buildHeadGraph(spec), `head.top${width}`);
    addTopTokens(builder, "logits", width);
    const options = { constants: tensors, outputs: topOutputs(), fewRows: true };
    const compiled = await runtime.compile(builder.build(), options);
    return new HeadProgram(compiled, spec.hiddenSize);
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
      return readTopTokens(outputs, from, to);
    });
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }
}
