import {
  addHead,
  attentionWindows,
  buildStreamsGraph,
  type CompiledGraph,
  fillStreamNumbers,
  GraphBuilder,
  type GraphRuntime,
  insertionLayer,
  type ModelSpec,
  passNames,
  type StreamSpec,
  type Tensor,
  type WeightTensor,
} from "@anabranch/core";
import type { CachedSequence } from "./cached-sequence.js";
import { FeedBuffers } from "./feed-buffers.js";
import type { Floats } from "./floats.js";
import { LastRow } from "./last-row.js";
import { PastFeeds } from "./past-feeds.js";
import type { SlotPool } from "./slot-pool.js";
import { addTopTokens, readTopTokens, topOutputs } from "./top-tokens.js";
import { fillWindowBias } from "./window-bias.js";

export interface StreamsProgramOptions {
  readonly spec: ModelSpec;
  readonly streams: StreamSpec;
  /** Best tokens of each stream; without effect where a Markov head finds them. */
  readonly width: number;
  /** Tokens that drafts are made of; undefined: all. */
  readonly vocabulary: Int32Array | undefined;
}

/**
 * Deferred streams, and in the same run their best tokens, so that a draft afterwards needs none; their states alone where a
 * Markov head goes on from there.
 */
export class StreamsProgram {
  readonly #buffers = new FeedBuffers();
  readonly #takes: ReadonlySet<string>;
  readonly #inputs: Record<string, Tensor> = {};
  readonly #past: PastFeeds;

  private constructor(
    readonly spec: ModelSpec,
    readonly streams: StreamSpec,
    readonly vocabulary: Int32Array | undefined,
    readonly compiled: CompiledGraph,
  ) {
    this.#takes = new Set(compiled.graph.inputs);
    this.#past = new PastFeeds(compiled.graph, this.#inputs);
  }

  static async compile(
    runtime: GraphRuntime,
    weights: ReadonlyMap<string, WeightTensor>,
    options: StreamsProgramOptions,
  ): Promise<StreamsProgram> {
    const { spec, streams, width, vocabulary } = options;
    const outputs = [passNames.final("streams")];
    const builder = GraphBuilder.from(buildStreamsGraph({ spec, streams, past: "heads" }), `streams.top${width}`);
    if (streams.markov === undefined) {
      const states = builder.outputValue(passNames.final("streams"));
      const logits = addHead(builder, spec, "streams.logits", states, vocabulary?.length);
      builder.output(passNames.logits("streams"), logits);
      addTopTokens(builder, passNames.logits("streams"), width);
      outputs.push(...topOutputs());
    }
    const compiled = await runtime.compile(builder.build(), { constants: weights, outputs, fewRows: true });
    return new StreamsProgram(spec, streams, vocabulary, compiled);
  }

  /** Runs γ streams beside the last committed row of each sequence, whose `last.hidden` must be there. */
  async run(sequences: readonly CachedSequence[], pool: SlotPool): Promise<void> {
    const { gamma } = this.streams;
    const { hiddenSize, layers } = this.spec;
    const count = sequences.length;
    const entering = passNames.hidden(insertionLayer(layers, this.streams));
    const hidden = this.#buffers.floats(entering, [1, count, hiddenSize]);
    const positions = this.#buffers.ints("positions", [1, count * gamma]);
    const numbers = this.#buffers.ints("numbers", [1, count * gamma]);
    fillStreamNumbers("streams", gamma, numbers.data);
    const bias = this.#buffers.floats("bias", [1, count, pool.capacity]);
    sequences.forEach((sequence, index) => {
      hidden.data.set(sequence.last?.hidden as Floats, index * hiddenSize);
      positions.data.fill(sequence.length - 1, index * gamma, (index + 1) * gamma);
      bias.data.set(sequence.bias(), index * pool.capacity);
    });
    const given: Record<string, Tensor> = {
      [entering]: hidden,
      [passNames.positions("streams")]: positions,
      [passNames.streamNumbers("streams")]: numbers,
      [passNames.bias("streams", "past")]: bias,
    };
    for (const window of attentionWindows(this.spec)) {
      given[passNames.bias("streams", "past", window)] = this.#windowBias(sequences, window, pool);
    }
    // A model without RoPE takes no positions, one whose layers all have a window no plain bias.
    for (const name in given) if (this.#takes.has(name)) this.#inputs[name] = given[name] as Tensor;
    this.#past.feed(pool);
    const outputs = await this.compiled.run(this.#inputs);
    const states = (outputs[passNames.final("streams")] as Tensor).data as Floats;
    const size = gamma * hiddenSize;
    const levelsOf = (index: number) =>
      this.streams.markov === undefined
        ? readTopTokens(outputs, index * gamma, (index + 1) * gamma, this.vocabulary)
        : undefined;
    sequences.forEach((sequence, index) => {
      const own = states.slice(index * size, (index + 1) * size);
      sequence.last = new LastRow(sequence.last?.hidden, own, levelsOf(index));
    });
  }

  #windowBias(sequences: readonly CachedSequence[], window: number, { capacity }: SlotPool): Tensor {
    const bias = this.#buffers.floats(`bias.${window}`, [1, sequences.length, capacity]);
    sequences.forEach((sequence, index) => {
      const row = bias.data.subarray(index * capacity, (index + 1) * capacity);
      fillWindowBias(sequence, sequence.length - 1, window, row);
    });
    return bias;
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }
}
