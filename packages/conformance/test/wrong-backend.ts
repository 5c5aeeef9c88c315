import {
  type AdapterHandle,
  type Backend,
  type BackendModel,
  type CallOptions,
  type Capabilities,
  type CommitRequest,
  createReferenceBackend,
  type DraftRequest,
  type DraftTree,
  type ModelWeights,
  type PassRequest,
  type PassResult,
  type Sequence,
  type SequenceOptions,
} from "@anabranch/core";

/** What a deliberately wrong backend does differently from the reference. `model` is the reference's. */
export interface Mistake {
  /** The weights that the model is really loaded from. */
  weights?(weights: ModelWeights): ModelWeights;
  pass?(model: BackendModel, requests: readonly PassRequest[], options?: CallOptions): Promise<readonly PassResult[]>;
  commit?(model: BackendModel, requests: readonly CommitRequest[]): Promise<void>;
  draft?(model: BackendModel, requests: readonly DraftRequest[]): Promise<readonly DraftTree[]>;
  createSequence?(model: BackendModel, options?: SequenceOptions): Promise<Sequence>;
  rollback?(model: BackendModel, sequence: Sequence, length: number): Promise<void>;
  fork?(sequence: Sequence): Promise<Sequence>;
  disposeSequence?(sequence: Sequence): Promise<void>;
  capabilities?(capabilities: Capabilities): Capabilities;
}

/** The reference with one mistake. */
export function wrongBackend(mistake: Mistake): Backend {
  const reference = createReferenceBackend();
  return {
    ...reference,
    name: "wrong",
    load: async (weights, options) =>
      new WrongModel(await reference.load(mistake.weights?.(weights) ?? weights, options), mistake),
  };
}

class WrongModel implements BackendModel {
  readonly spec;
  readonly capabilities;

  constructor(
    private readonly inner: BackendModel,
    private readonly mistake: Mistake,
  ) {
    this.spec = inner.spec;
    this.capabilities = mistake.capabilities?.(inner.capabilities) ?? inner.capabilities;
  }

  attach(...given: Parameters<BackendModel["attach"]>): Promise<AdapterHandle> {
    return this.inner.attach(...given);
  }

  async createSequence(options?: SequenceOptions): Promise<Sequence> {
    const create = this.mistake.createSequence ?? ((model, given) => model.createSequence(given));
    return new WrongSequence(this.inner, await create(this.inner, options), this.mistake, options?.adapter);
  }

  pass(requests: readonly PassRequest[], options?: CallOptions): Promise<readonly PassResult[]> {
    const pass = this.mistake.pass ?? ((model, ...given) => model.pass(...given));
    return pass(this.inner, requests.map(unwrapped), options);
  }

  commit(requests: readonly CommitRequest[]): Promise<void> {
    const commit = this.mistake.commit ?? ((model, given) => model.commit(given));
    return commit(this.inner, requests.map(unwrapped));
  }

  streams(...[requests, options]: Parameters<BackendModel["streams"]>): Promise<void> {
    return this.inner.streams(requests.map(unwrapped), options);
  }

  draft(requests: readonly DraftRequest[], options?: CallOptions): Promise<readonly DraftTree[]> {
    const given = requests.map(unwrapped);
    return this.mistake.draft?.(this.inner, given) ?? this.inner.draft(given, options);
  }

  dispose(): Promise<void> {
    return this.inner.dispose();
  }
}

class WrongSequence implements Sequence {
  constructor(
    private readonly model: BackendModel,
    readonly inner: Sequence,
    private readonly mistake: Mistake,
    readonly adapter: AdapterHandle | undefined,
  ) {}

  get length(): number {
    return this.inner.length;
  }

  rollback(length: number): Promise<void> {
    return this.mistake.rollback?.(this.model, this.inner, length) ?? this.inner.rollback(length);
  }

  async fork(): Promise<Sequence> {
    const twin = await (this.mistake.fork?.(this.inner) ?? this.inner.fork());
    return new WrongSequence(this.model, twin, this.mistake, this.adapter);
  }

  dispose(): Promise<void> {
    return this.mistake.disposeSequence?.(this.inner) ?? this.inner.dispose();
  }
}

function unwrapped<R extends { readonly sequence: Sequence }>(request: R): R {
  const { sequence } = request;
  return { ...request, sequence: sequence instanceof WrongSequence ? sequence.inner : sequence };
}
