import {
  type AdapterHandle,
  type BackendModel,
  type CallOptions,
  type Capabilities,
  COMMITTED,
  type CommitRequest,
  checkAdapter,
  checkPass,
  checkPath,
  type DraftRequest,
  type DraftTree,
  type PassRequest,
  type PassResult,
  type PassRow,
  type Pruning,
  type RowResult,
  type Sequence,
  type SequenceOptions,
  type StreamsRequest,
  throwIfAborted,
} from "../contract/index.js";
import { insertionLayer } from "../decoder/index.js";
import { DisposedError, InvalidArgumentError, UnknownTokenError, UnsupportedError } from "../errors/index.js";
import type { Adapter, ModelSpec, ModelWeights } from "../model/index.js";
import { survivingRows } from "../tree/surviving-rows.js";
import { CallQueue } from "./call-queue.js";
import { checkDraftLimit, draftFromStreams } from "./draft-from-streams.js";
import { readRow } from "./read-row.js";
import { ReferenceAdapter } from "./reference-adapter.js";
import { ReferenceSequence } from "./reference-sequence.js";
import { wholeText } from "./text-row.js";
import { TextRunner } from "./text-runner.js";
import type { TextStates } from "./text-states.js";

export class ReferenceModel implements BackendModel {
  readonly spec: ModelSpec;
  readonly queue = new CallQueue();
  readonly #plain: TextRunner;
  readonly #adapters = new Set<ReferenceAdapter>();
  #disposed = false;

  constructor(
    private readonly weights: ModelWeights,
    readonly capabilities: Capabilities,
  ) {
    this.spec = weights.spec;
    this.#plain = new TextRunner(weights);
  }

  attach(adapter: Adapter): Promise<AdapterHandle> {
    return this.queue.run(async () => {
      this.#checkAlive();
      if (!this.capabilities.streamModes.includes(adapter.streams.mode)) {
        throw new UnsupportedError(`There is no stream mode ${adapter.streams.mode}.`, { subject: "streamModes" });
      }
      checkAdapter(this.spec, adapter);
      const handle = new ReferenceAdapter(this.weights, adapter, this.queue);
      this.#adapters.add(handle);
      return handle;
    });
  }

  createSequence({ adapter }: SequenceOptions = {}): Promise<Sequence> {
    return this.queue.run(async () => {
      this.#checkAlive();
      if (adapter === undefined) return new ReferenceSequence(this, undefined);
      if (!(adapter instanceof ReferenceAdapter && this.#adapters.has(adapter))) {
        throw new InvalidArgumentError("The adapter is not attached to this model.", { cure: "Call attach first." });
      }
      if (adapter.disposed) throw new DisposedError("The adapter was disposed.");
      return new ReferenceSequence(this, adapter);
    });
  }

  pass(requests: readonly PassRequest[], { signal }: CallOptions = {}): Promise<readonly PassResult[]> {
    return this.queue.run(async () => {
      const sequences = requests.map((request) => this.checkUsable(request.sequence));
      checkPass(this.spec, this.capabilities, requests);
      const outcomes = [];
      for (const [index, request] of requests.entries()) {
        throwIfAborted(signal, "A pass");
        outcomes.push(await this.#passAlone(sequences[index] as ReferenceSequence, request));
      }
      return outcomes.map(({ results, streams }, index) => {
        const sequence = sequences[index] as ReferenceSequence;
        const survived = results.map((row) => row.survived);
        sequence.latest = { rows: (requests[index] as PassRequest).rows, streams, survived };
        sequence.last = undefined;
        return { rows: results };
      });
    });
  }

  commit(requests: readonly CommitRequest[]): Promise<void> {
    return this.queue.run(async () => {
      const sequences = requests.map((request) => this.checkUsable(request.sequence));
      if (new Set(sequences).size !== sequences.length) {
        throw new InvalidArgumentError("One sequence stands twice in a commit.");
      }
      requests.forEach(({ path }, index) => {
        const latest = sequences[index]?.latest;
        checkPath(latest?.rows, path, (row) => latest?.survived[row] === true);
      });
      requests.forEach(({ path }, index) => {
        commitPath(sequences[index] as ReferenceSequence, path);
      });
    });
  }

  streams(requests: readonly StreamsRequest[], { signal }: CallOptions = {}): Promise<void> {
    return this.queue.run(async () => {
      const sequences = requests.map((request) => this.checkUsable(request.sequence));
      sequences.forEach(checkDeferrable);
      for (const sequence of sequences) {
        throwIfAborted(signal, "A run of streams");
        const text = wholeText(sequence.committed, []);
        const last = text.length - 1;
        const states = await this.#runner(sequence).states(
          text.map((row, index) => ({ ...row, streams: index === last })),
        );
        sequence.last = { streams: states.streams(last) };
      }
    });
  }

  draft(requests: readonly DraftRequest[], { signal }: CallOptions = {}): Promise<readonly DraftTree[]> {
    return this.queue.run(async () => {
      throwIfAborted(signal, "A draft");
      const asked = requests.map(({ sequence, bonus, limit }) => {
        const own = this.checkUsable(sequence);
        checkDraftLimit(limit);
        if (!Number.isInteger(bonus) || bonus < 0 || bonus >= this.spec.vocabularySize) {
          throw new UnknownTokenError(`The bonus token is ${bonus}; the vocabulary has ${this.spec.vocabularySize}.`, {
            subject: "bonus",
          });
        }
        if ((own.last?.streams ?? []).length === 0) {
          throw new InvalidArgumentError("No streams have run beside the sequence's last committed row.", {
            cure: "Ask for streams on that row in the pass, or call streams after commit.",
          });
        }
        return { adapter: own.adapter as ReferenceAdapter, states: own.last?.streams ?? [], bonus, limit };
      });
      const trees: DraftTree[] = [];
      for (const { adapter, ...request } of asked) trees.push(await draftFromStreams(adapter, request));
      return trees;
    });
  }

  dispose(): Promise<void> {
    return this.queue.run(async () => {
      this.#disposed = true;
      await this.#plain.dispose();
      for (const adapter of this.#adapters) await adapter.runner.dispose();
    });
  }

  /** @throws DisposedError; InvalidArgumentError for another model's sequence. */
  checkUsable(sequence: Sequence): ReferenceSequence {
    this.#checkAlive();
    if (!(sequence instanceof ReferenceSequence && sequence.model === this)) {
      throw new InvalidArgumentError("The sequence is not one of this model's.");
    }
    if (sequence.disposed) throw new DisposedError("The sequence was disposed.");
    if (sequence.adapter?.disposed === true) throw new DisposedError("The sequence's adapter was disposed.");
    return sequence;
  }

  #checkAlive(): void {
    if (this.#disposed) throw new DisposedError("The model was disposed.");
  }

  #runner(sequence: ReferenceSequence): TextRunner {
    return sequence.adapter?.runner ?? this.#plain;
  }

  async #passAlone(
    sequence: ReferenceSequence,
    { rows, pruning }: PassRequest,
  ): Promise<{ results: RowResult[]; streams: Float64Array[][] }> {
    const states = await this.#runner(sequence).states(wholeText(sequence.committed, rows));
    // What is dropped no other row sees, so that it may be dropped afterwards.
    const survived = pruning && (await this.#surviving(sequence, rows, states, pruning));
    const results: RowResult[] = [];
    const streams: Float64Array[][] = [];
    for (const [index, { read }] of rows.entries()) {
      const at = sequence.length + index;
      if (read === undefined || survived?.[index] === false) {
        results.push({ survived: survived?.[index] !== false });
      } else {
        const logits = await this.#runner(sequence).logits(states.hidden(at, this.spec.layers));
        results.push(readRow(read, logits, (layer) => states.hidden(at, layer)));
      }
      streams.push(states.streams(at));
    }
    return { results, streams };
  }

  async #surviving(
    sequence: ReferenceSequence,
    rows: readonly PassRow[],
    states: TextStates,
    { threshold }: Pruning,
  ): Promise<boolean[]> {
    const { runner, streams } = sequence.adapter as ReferenceAdapter;
    const layer = insertionLayer(this.spec.layers, streams);
    const logProbs: (number | undefined)[] = [];
    for (const { parent, token } of rows) {
      const known = parent !== COMMITTED;
      logProbs.push(known ? await runner.transition(states.hidden(sequence.length + parent, layer), token) : undefined);
    }
    return survivingRows(rows, threshold, (row) => logProbs[row]);
  }
}

function commitPath(sequence: ReferenceSequence, path: readonly number[]): void {
  const { latest, adapter } = sequence;
  const shared = adapter?.streams.mode === "shared";
  const kept = path.map((row) => latest?.rows[row] as PassRow);
  sequence.committed = [
    ...sequence.committed,
    ...kept.map(({ token, streams = false }) => ({ token, streams: shared && streams })),
  ];
  const last = path.at(-1);
  if (last !== undefined) sequence.last = { streams: latest?.streams[last] ?? [] };
  sequence.latest = undefined;
}

function checkDeferrable(sequence: ReferenceSequence): void {
  const mode = sequence.adapter?.streams.mode;
  if (mode !== "lossless") {
    throw new UnsupportedError(
      mode === undefined
        ? "Streams were asked for in a sequence without an adapter."
        : "Streams of a shared-mode adapter cannot be deferred: the main stream sees them.",
      { subject: "deferredStreams" },
    );
  }
  if (sequence.last === undefined) {
    throw new InvalidArgumentError("The sequence's last committed row is not from its latest pass.", {
      cure: "Call streams right after a commit that kept at least one row.",
    });
  }
}
