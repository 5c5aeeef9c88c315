import type { PassRow, Sequence } from "../contract/index.js";
import { InvalidArgumentError } from "../errors/index.js";
import type { ReferenceAdapter } from "./reference-adapter.js";
import type { ReferenceModel } from "./reference-model.js";
import type { CommittedRow } from "./text-row.js";

/** The rows of a sequence's latest pass, and of those that carried streams the streams' states. */
export interface LatestPass {
  readonly rows: readonly PassRow[];
  /** After the final norm, [rows][γ][hidden]; no streams where a row carried none */
  readonly streams: readonly (readonly Float64Array[])[];
  /** Whether pruning left the row, [rows]. */
  readonly survived: readonly boolean[];
}

/** The last committed row, while it is one of the latest pass. */
export interface LastRow {
  /** After the final norm, [γ][hidden]; empty where no streams have run beside it */
  readonly streams: readonly Float64Array[];
}

/** A text, and nothing computed from it: keys and values are worked out anew in every pass. */
export class ReferenceSequence implements Sequence {
  committed: readonly CommittedRow[] = [];
  latest: LatestPass | undefined;
  last: LastRow | undefined;
  disposed = false;

  constructor(
    readonly model: ReferenceModel,
    readonly adapter: ReferenceAdapter | undefined,
  ) {}

  get length(): number {
    return this.committed.length;
  }

  rollback(length: number): Promise<void> {
    return this.model.queue.run(async () => {
      this.model.checkUsable(this);
      if (!Number.isInteger(length) || length < 0 || length > this.length) {
        throw new InvalidArgumentError(`A sequence of ${this.length} tokens cannot be rolled back to ${length}.`);
      }
      this.committed = this.committed.slice(0, length);
      this.latest = undefined;
      this.last = undefined;
    });
  }

  fork(): Promise<Sequence> {
    return this.model.queue.run(async () => {
      this.model.checkUsable(this);
      const twin = new ReferenceSequence(this.model, this.adapter);
      twin.committed = this.committed;
      return twin;
    });
  }

  dispose(): Promise<void> {
    return this.model.queue.run(async () => {
      this.disposed = true;
      this.committed = [];
      this.latest = undefined;
      this.last = undefined;
    });
  }
}
