import {
  type Adapter,
  type AdapterHandle,
  type Backend,
  type BackendModel,
  type Capabilities,
  createReferenceBackend,
  type DraftLimit,
  type ModelSpec,
  type ModelWeights,
  type PassRow,
  type Pruning,
  type RowResult,
  type Sequence,
} from "@anabranch/core";
import { expectSameDraft, widened } from "../compare/drafts.js";
import { everything, expectSameResults } from "../compare/row-results.js";
import { expectThat } from "../conformance-failure.js";
import { dequantised } from "../random/model-weights.js";

/** Something of the backend's with its counterpart of the reference's. */
export interface Pair<T> {
  readonly ours: T;
  readonly truth: T;
}

export interface PairedRequest {
  readonly sequence: Pair<Sequence>;
  readonly rows: readonly PassRow[];
  readonly pruning?: Pruning;
}

/** How far the log-probability of an early exit may lie from the reference's, in tolerances. */
const TRANSITION_MARGIN = 30;

/** A model loaded in the backend and in the reference: every call goes to both, and what comes back is compared. */
export class PairedModel {
  private constructor(
    readonly ours: BackendModel,
    readonly truth: BackendModel,
    private readonly tolerance: number,
  ) {}

  static async load(backend: Backend, weights: ModelWeights, tolerance: number): Promise<PairedModel> {
    const ours = await backend.load(weights);
    return new PairedModel(ours, await createReferenceBackend().load(dequantised(weights)), tolerance);
  }

  get spec(): ModelSpec {
    return this.ours.spec;
  }

  get capabilities(): Capabilities {
    return this.ours.capabilities;
  }

  async attach(adapter: Adapter): Promise<Pair<AdapterHandle>> {
    return { ours: await this.ours.attach(adapter), truth: await this.truth.attach(adapter) };
  }

  async createSequence(adapter?: Pair<AdapterHandle>): Promise<Pair<Sequence>> {
    if (adapter === undefined) {
      return { ours: await this.ours.createSequence(), truth: await this.truth.createSequence() };
    }
    return {
      ours: await this.ours.createSequence({ adapter: adapter.ours }),
      truth: await this.truth.createSequence({ adapter: adapter.truth }),
    };
  }

  /** One pass of the backend's for all requests, against each sequence alone. Returns the backend's results. */
  async pass(requests: readonly PairedRequest[]): Promise<(readonly RowResult[])[]> {
    const results = await this.ours.pass(requests.map(({ sequence, rows }) => ({ sequence: sequence.ours, rows })));
    expectThat(results.length === requests.length, () => `${results.length} results for ${requests.length} sequences`);
    for (const [index, { sequence, rows }] of requests.entries()) {
      const all = rows.map((row) =>
        row.read === undefined ? row : { ...row, read: everything(row.read, this.spec.vocabularySize) },
      );
      const [expected] = await this.truth.pass([{ sequence: sequence.truth, rows: all }]);
      expectSameResults(rows, results[index]?.rows ?? [], expected?.rows ?? [], this.tolerance);
    }
    return results.map((result) => result.rows);
  }

  /**
   * One pass of the backend's that is pruned, against the reference's of each sequence alone. Rows that the reference has within
   * the margin of the threshold, and what follows them, may survive or not; of what survives the results are compared.
   *
   * @returns which rows survived, of each request
   */
  async prunedPass(requests: readonly PairedRequest[]): Promise<boolean[][]> {
    const results = await this.ours.pass(
      requests.map(({ sequence, ...request }) => ({ ...request, sequence: sequence.ours })),
    );
    const survivors: boolean[][] = [];
    for (const [index, { sequence, rows, pruning }] of requests.entries()) {
      const own = results[index]?.rows ?? [];
      const survived = own.map((row) => row.survived);
      survivors.push(survived);
      const truth = async (by: number): Promise<readonly RowResult[]> => {
        const threshold = Math.min(1, (pruning?.threshold ?? 0) * Math.exp(by));
        const request = { sequence: sequence.truth, rows: rows.map(({ token, parent }) => ({ token, parent })) };
        const [result] = await this.truth.pass([
          pruning === undefined ? request : { ...request, pruning: { threshold } },
        ]);
        return result?.rows ?? [];
      };
      const margin = TRANSITION_MARGIN * this.tolerance;
      const [must, may] = [await truth(margin), await truth(-margin)];
      rows.forEach((_, row) => {
        const [least, most] = [must[row]?.survived === true, may[row]?.survived === true];
        expectThat(
          survived[row] === least || survived[row] === most,
          () =>
            `row ${row} ${survived[row] === true ? "survived" : "was dropped"}; in the reference it is the other way`,
        );
        expectThat(
          survived[row] === true || Object.keys(own[row] ?? {}).length === 1,
          () => `row ${row} was dropped, and something was read of it`,
        );
      });
      const all = rows.map((row) =>
        row.read === undefined ? row : { ...row, read: everything(row.read, this.spec.vocabularySize) },
      );
      const [expected] = await this.truth.pass([{ sequence: sequence.truth, rows: all }]);
      const left = <T>(list: readonly T[]): T[] => list.filter((_, row) => survived[row] === true);
      expectSameResults(left(rows), left(own), left(expected?.rows ?? []), this.tolerance);
    }
    return survivors;
  }

  async commit(sequence: Pair<Sequence>, path: readonly number[]): Promise<void> {
    await this.ours.commit([{ sequence: sequence.ours, path }]);
    await this.truth.commit([{ sequence: sequence.truth, path }]);
    this.#expectSameLength(sequence);
  }

  /** Passes and commits tokens as a chain, in chunks that the backend takes. */
  async extend(sequence: Pair<Sequence>, rows: readonly PassRow[], chunk = rows.length): Promise<void> {
    const step = Math.min(chunk, this.capabilities.maxRows);
    for (let from = 0; from < rows.length; from += step) {
      const part = rows.slice(from, from + step).map((row, index) => ({ ...row, parent: index - 1 }));
      await this.pass([{ sequence, rows: part }]);
      await this.commit(
        sequence,
        part.map((_, index) => index),
      );
    }
  }

  async rollback(sequence: Pair<Sequence>, length: number): Promise<void> {
    await sequence.ours.rollback(length);
    await sequence.truth.rollback(length);
    this.#expectSameLength(sequence);
  }

  async fork(sequence: Pair<Sequence>): Promise<Pair<Sequence>> {
    const twin = { ours: await sequence.ours.fork(), truth: await sequence.truth.fork() };
    this.#expectSameLength(twin);
    return twin;
  }

  /** Streams after acceptance; in the reference too, whatever ran in the pass. */
  async streams(sequences: readonly Pair<Sequence>[]): Promise<void> {
    await this.ours.streams(sequences.map(({ ours }) => ({ sequence: ours })));
    await this.truth.streams(sequences.map(({ truth }) => ({ sequence: truth })));
  }

  async draft(sequences: readonly Pair<Sequence>[], bonus: number, limit: DraftLimit): Promise<void> {
    const drafts = await this.ours.draft(sequences.map(({ ours }) => ({ sequence: ours, bonus, limit })));
    expectThat(drafts.length === sequences.length, () => `${drafts.length} drafts for ${sequences.length} sequences`);
    for (const [index, { truth }] of sequences.entries()) {
      const [expected, wide] = await this.truth.draft([
        { sequence: truth, bonus, limit },
        { sequence: truth, bonus, limit: widened(limit) },
      ]);
      const ours = drafts[index];
      expectThat(ours !== undefined && expected !== undefined && wide !== undefined, () => "a draft is missing");
      expectSameDraft(ours, expected, wide, limit, this.tolerance);
    }
  }

  async dispose(): Promise<void> {
    await this.ours.dispose();
    await this.truth.dispose();
  }

  #expectSameLength({ ours, truth }: Pair<Sequence>): void {
    expectThat(ours.length === truth.length, () => `the sequence's length is ${ours.length}, not ${truth.length}`);
  }
}

/** Loads a model in both, and disposes of it whatever happens. */
export async function withPairedModel(
  backend: Backend,
  weights: ModelWeights,
  tolerance: number,
  use: (model: PairedModel) => Promise<void>,
): Promise<void> {
  const model = await PairedModel.load(backend, weights, tolerance);
  try {
    await use(model);
  } finally {
    await model.dispose();
  }
}
