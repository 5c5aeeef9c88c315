import {
  type AdapterHandle,
  DisposedError,
  HIDDEN_BIAS,
  InvalidArgumentError,
  type PassRow,
  type Sequence,
} from "@anabranch/core";
import type { AttachedAdapter } from "./attached-adapter.js";
import type { CallQueue } from "./call-queue.js";
import type { LastRow } from "./last-row.js";
import type { RunResults } from "./pass-run.js";
import type { SlotHolder, SlotPool } from "./slot-pool.js";

/** The rows of a sequence's latest pass, until its next pass, commit or rollback. */
export interface WaitingRows {
  readonly rows: readonly PassRow[];
  readonly run: RunResults;
  /** Where the sequence's rows begin among the run's. */
  readonly offset: number;
}

/** What a sequence needs of its model. */
export interface SequenceOwner {
  readonly pool: SlotPool;
  readonly queue: CallQueue;
  readonly sequences: Set<CachedSequence>;
}

/** A sequence as a list of slots in its model's pool. */
export class CachedSequence implements Sequence, SlotHolder {
  /** Slot of each committed token, in the order of the text, ascending. */
  readonly slots: number[];
  #waiting: WaitingRows | undefined;
  /** What is kept of the last committed row, where streams ran or may run beside it. */
  last: LastRow | undefined;
  disposed = false;
  /** 0 at the sequence's own slots, HIDDEN_BIAS at all others; kept up to date rather than built for each pass. [capacity] */
  #bias = new Float32Array(0);

  constructor(
    readonly owner: SequenceOwner,
    readonly attached: AttachedAdapter | undefined,
    slots: readonly number[] = [],
  ) {
    this.slots = [...slots];
    owner.sequences.add(this);
    owner.pool.admit(this);
  }

  get length(): number {
    return this.slots.length;
  }

  get waiting(): WaitingRows | undefined {
    return this.#waiting;
  }

  /** Takes rows on in place of those that waited, or none. */
  wait(rows: WaitingRows | undefined): void {
    const before = this.#waiting;
    this.#waiting = rows;
    if (before === undefined) return;
    for (const other of this.owner.sequences) if (other.waiting?.run === before.run) return;
    before.run.release();
  }

  get adapter(): AdapterHandle | undefined {
    return this.attached;
  }

  /** [capacity of the pool] */
  bias(): Float32Array {
    const { capacity } = this.owner.pool;
    if (this.#bias.length !== capacity) {
      this.#bias = new Float32Array(capacity);
      this.moved();
    }
    return this.#bias;
  }

  moved(): void {
    this.#bias.fill(HIDDEN_BIAS);
    for (const slot of this.slots) if (slot < this.#bias.length) this.#bias[slot] = 0;
  }

  /** Takes slots over as the text's next tokens. */
  append(slot: number): void {
    this.slots.push(slot);
    if (slot < this.#bias.length) this.#bias[slot] = 0;
  }

  /** @throws DisposedError for this sequence or its adapter. */
  requireLive(): void {
    if (this.disposed) throw new DisposedError("The sequence was disposed.", { subject: "sequence" });
    this.attached?.requireLive();
  }

  rollback(length: number): Promise<void> {
    return this.owner.queue.run("A rollback", () => {
      this.requireLive();
      if (!Number.isInteger(length) || length < 0 || length > this.length) {
        throw new InvalidArgumentError(
          `A rollback to ${length} tokens was asked for; the sequence has ${this.length}.`,
          {
            subject: "length",
          },
        );
      }
      this.#truncate(length);
    });
  }

  fork(): Promise<Sequence> {
    return this.owner.queue.run("A fork", () => {
      this.requireLive();
      const twin = new CachedSequence(this.owner, this.attached, this.slots);
      // The row's streams belong to the text; the pass that it came from stays here.
      twin.last = this.last?.apart();
      return twin;
    });
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    try {
      await this.owner.queue.run("Disposing of a sequence", () => this.free());
    } catch (error) {
      // The model may have been disposed in the meantime, and this sequence along with it.
      if (!this.disposed) throw error;
    }
  }

  /** Gives the slots back at once. */
  free(): void {
    if (this.disposed) return;
    this.#truncate(0);
    this.owner.pool.dismiss(this);
    this.disposed = true;
    this.owner.sequences.delete(this);
  }

  #truncate(length: number): void {
    this.wait(undefined);
    if (length === this.length) return;
    this.last = undefined;
    for (let index = length; index < this.slots.length; index++) {
      const slot = this.slots[index] as number;
      if (slot < this.#bias.length) this.#bias[slot] = HIDDEN_BIAS;
    }
    this.owner.pool.release(this.slots, length);
    this.slots.length = length;
  }
}
